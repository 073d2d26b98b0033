import type { KeyContext } from '../keys/key-context.ts';
import { lineOf } from '../prompt/line-edit.ts';
import type { FleetView } from './fleet-view.ts';

/** Filters that are remembered. */
const filterLimit = 20;

/**
 * Asks for a filter, which has its effect while it is typed. Without an answer all is as before, the
 * cursor included.
 */
export const askFilter = ({ model: { fleet, order, view } }: KeyContext): void => {
  const before = view.getState().fleet;
  const change = (update: (current: FleetView) => FleetView) =>
    view.dispatch({ type: 'change-fleet', fleet: update(view.getState().fleet) });
  view.dispatch({
    type: 'ask',
    prompt: {
      label: '/',
      edit: lineOf(before.filter),
      earlier: before.filters,
      change: (filter) => change((current) => ({ ...current, filter })),
      submit: (text) => {
        const filter = text.trim();
        change((current) => {
          const next = { ...current, filter, filters: remember(filter, current.filters) };
          const selected = order.selected(fleet.getState(), next);
          return selected === undefined ? next : { ...next, selected };
        });
        return undefined;
      },
      cancel: () => change((current) => putBack(current, before)),
    },
  });
};

const remember = (filter: string, filters: readonly string[]): readonly string[] =>
  filter === ''
    ? filters
    : [filter, ...filters.filter((earlier) => earlier !== filter)].slice(0, filterLimit);

const putBack = (current: FleetView, before: FleetView): FleetView => {
  const { selected: _selected, ...rest } = current;
  const { filter, selected } = before;
  return selected === undefined ? { ...rest, filter } : { ...rest, filter, selected };
};
