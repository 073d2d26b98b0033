import type { Ordering } from './node-order.ts';

/** What lies over the table and waits for an answer or for being closed. */
export type Overlay =
  | { readonly type: 'help' }
  | { readonly type: 'notices' }
  | { readonly type: 'terminate'; readonly node: string }
  /** Ctrl-c was pressed once: the next one leaves. */
  | { readonly type: 'leave' };

/** The answer to the last key. */
export type Feedback = {
  readonly tone: 'good' | 'warning' | 'bad';
  readonly text: string;
};

/** What a person did to the view, as opposed to what happened to the fleet. */
export type ViewState = {
  /** Name of the selected node. Absent until a person chose one: then the first by name is. */
  readonly selected?: string;
  readonly isPaneTall: boolean;
  readonly ordering: Ordering;
  readonly overlay?: Overlay;
  readonly feedback?: Feedback;
};

export type ViewAction =
  | { readonly type: 'select'; readonly node: string }
  | { readonly type: 'toggle-pane' }
  | { readonly type: 'toggle-ordering' }
  | { readonly type: 'open'; readonly overlay: Overlay }
  | { readonly type: 'close' }
  | { readonly type: 'tell'; readonly feedback: Feedback }
  /** Removes the feedback unless a newer one took its place. */
  | { readonly type: 'forget'; readonly feedback: Feedback };

export const initialView: ViewState = { isPaneTall: false, ordering: 'trouble' };

/** The view after an action. */
export const reduceView = (view: ViewState, action: ViewAction): ViewState => {
  switch (action.type) {
    case 'select':
      return view.selected === action.node ? view : { ...view, selected: action.node };
    case 'toggle-pane':
      return { ...view, isPaneTall: !view.isPaneTall };
    case 'toggle-ordering':
      return { ...view, ordering: view.ordering === 'name' ? 'trouble' : 'name' };
    case 'open':
      return { ...view, overlay: action.overlay };
    case 'close': {
      const { overlay: _overlay, ...rest } = view;
      return rest;
    }
    case 'tell':
      return { ...view, feedback: action.feedback };
    case 'forget': {
      if (view.feedback !== action.feedback) return view;
      const { feedback: _feedback, ...rest } = view;
      return rest;
    }
    default:
      return action satisfies never;
  }
};
