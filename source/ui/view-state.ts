import type { FleetView } from './fleet-screen/fleet-view.ts';
import { initialFleetView } from './fleet-screen/fleet-view.ts';
import type { ScreenName } from './keys/key-map.ts';
import type { LogFeed } from './log-screen/log-feed.ts';
import type { LogView } from './log-screen/log-view.ts';
import type { OutcomeReader } from './output-screen/outcome-entries.ts';
import type { OutcomePlace } from './output-screen/outcome-layout.ts';
import type { Question } from './overlays/question.ts';
import type { LineEdit } from './prompt/line-edit.ts';

/** What lies over the screen and waits for an answer or for being closed. */
export type Overlay =
  | ({ readonly type: 'help' } & Scrolled)
  | ({ readonly type: 'notices' } & Scrolled)
  /** Why a node failed and what to try. */
  | ({ readonly type: 'cause'; readonly node: string } & Scrolled)
  /** Asks before an action works on many nodes, or does what can't be undone. */
  | {
      readonly type: 'confirm';
      readonly question: Question;
      /** What has been typed so far, where something has to be. */
      readonly typed: LineEdit;
      /** What is wrong with what was typed. */
      readonly problem?: string;
    }
  /** Pages of the AWS console. */
  | ({ readonly type: 'links'; readonly links: readonly NodeLink[] } & Scrolled)
  /** One of several things, by its key or with the cursor. */
  | { readonly type: 'choose'; readonly choice: Choice; readonly cursor: number }
  /** Ctrl-c was pressed once: the next one leaves. */
  | { readonly type: 'leave' };

/** How far something that is longer than the window was scrolled down, in lines. */
type Scrolled = { readonly offset?: number };

/** A page about a node. */
export type NodeLink = { readonly node: string; readonly url: string };

/** What can be chosen from, and what is done then. */
export type Choice = {
  readonly title: string;
  readonly options: readonly ChoiceOption[];
  readonly choose: (option: ChoiceOption) => void;
};

export type ChoiceOption = {
  /** Chooses it at once; a single character. Absent where there are too many for keys. */
  readonly key?: string;
  readonly label: string;
  readonly detail: string;
};

/** A line to type into, at the bottom of the screen. */
export type Prompt = {
  /** What is asked for, before the line. */
  readonly label: string;
  readonly edit: LineEdit;
  /** Earlier answers, newest first, for the arrow keys. */
  readonly earlier: readonly string[];
  /** Hears every change. */
  readonly change?: (text: string) => void;
  /** Hears the answer; a text that it returns says why that can't be, and the prompt stays. */
  readonly submit: (text: string) => string | undefined;
  /** Hears that there is no answer. */
  readonly cancel?: () => void;
  /** What is wrong with the answer as it stands. */
  readonly problem?: string;
};

/** A screen over the fleet's own. */
export type Screen =
  /** All about one node; its log is read by `feed`. */
  | {
      readonly type: 'node';
      readonly node: string;
      readonly feed: LogFeed;
      readonly log: LogView;
      /** Whether the log has the whole page. */
      readonly isLogTall?: boolean;
    }
  /** Lines of something. */
  | {
      readonly type: 'log';
      readonly title: string;
      /** Nodes that the lines are of: actions work on them. */
      readonly nodes: readonly string[];
      readonly feed: LogFeed;
      readonly log: LogView;
    }
  /** What an action has come to, node by node or by equal outputs. */
  | {
      readonly type: 'output';
      readonly action: number;
      /** Reads off the action what is shown. */
      readonly read: OutcomeReader;
      /** Where the cursor is; absent until it was moved: on the first line. */
      readonly cursor?: OutcomePlace;
      /** Keys of the entries that are shown with all their lines. */
      readonly expanded: ReadonlySet<string>;
      /** Keys of the entries whose nodes were selected here. */
      readonly picked: ReadonlySet<string>;
    }
  /** All that was asked for, with the id of the action under the cursor; the newest without it. */
  | { readonly type: 'actions'; readonly selected?: number };

/** The answer to the last key. */
export type Feedback = {
  readonly tone: 'good' | 'warning' | 'bad';
  readonly text: string;
};

/** What a person did to the view, as opposed to what happened to the fleet. */
export type ViewState = {
  readonly fleet: FleetView;
  /** Screens over the fleet's, the visible one last. */
  readonly screens: readonly Screen[];
  readonly prompt?: Prompt;
  readonly overlay?: Overlay;
  readonly feedback?: Feedback;
};

export type ViewAction =
  | { readonly type: 'change-fleet'; readonly fleet: FleetView }
  | { readonly type: 'show'; readonly screen: Screen }
  /** Replaces the visible screen by another state of it, unless it is another one by now. */
  | { readonly type: 'change-screen'; readonly screen: Screen }
  | { readonly type: 'back' }
  | { readonly type: 'ask'; readonly prompt: Prompt }
  | { readonly type: 'answered' }
  | { readonly type: 'open'; readonly overlay: Overlay }
  | { readonly type: 'scroll-overlay'; readonly offset: number }
  | { readonly type: 'close' }
  | { readonly type: 'tell'; readonly feedback: Feedback }
  /** Removes the feedback unless a newer one took its place. */
  | { readonly type: 'forget'; readonly feedback: Feedback };

export const initialView: ViewState = { fleet: initialFleetView, screens: [] };

/** The screen that is visible below overlays. */
export const screenName = ({ screens }: ViewState): ScreenName => screens.at(-1)?.type ?? 'fleet';

const isScrolled = (overlay: Overlay): overlay is Extract<Overlay, Scrolled> =>
  overlay.type === 'help' ||
  overlay.type === 'notices' ||
  overlay.type === 'cause' ||
  overlay.type === 'links';

/** The view after an action. */
export const reduceView = (view: ViewState, action: ViewAction): ViewState => {
  switch (action.type) {
    case 'change-fleet':
      return view.fleet === action.fleet ? view : { ...view, fleet: action.fleet };
    case 'show':
      return { ...view, screens: [...view.screens, action.screen] };
    case 'change-screen':
      return view.screens.at(-1)?.type === action.screen.type
        ? { ...view, screens: [...view.screens.slice(0, -1), action.screen] }
        : view;
    case 'back':
      return { ...view, screens: view.screens.slice(0, -1) };
    case 'ask':
      return { ...view, prompt: action.prompt };
    case 'answered': {
      const { prompt: _prompt, ...rest } = view;
      return rest;
    }
    case 'open':
      return { ...view, overlay: action.overlay };
    case 'scroll-overlay':
      return view.overlay !== undefined && isScrolled(view.overlay)
        ? { ...view, overlay: { ...view.overlay, offset: action.offset } }
        : view;
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
