import type { ActionEvent, ActionResultEvent } from '../events/event.ts';
import { keepOutputs, sizeOfOutput } from './kept-outputs.ts';
import type { ActionResult, ActionState } from './state.ts';

/** Actions that the state keeps. */
const actionLimit = 50;

/** What is asked for after somebody asked for something, or that is over. */
export const reduceActions = (
  actions: readonly ActionState[],
  { event: _event, time, ...asked }: ActionEvent,
): readonly ActionState[] => {
  if (asked.state === 'started') {
    const action = { ...asked, startedAt: time, results: new Map() };
    return [...actions.slice(1 - actionLimit), action];
  }
  return actions.map((action) =>
    action.id === asked.id ? { ...action, ...asked, endedAt: time } : action,
  );
};

/** Results that are a caller's own to change, by themselves: one copy of each is enough. */
export type ResultCopies = Map<ActionState['results'], Map<string, ActionResult>>;

/**
 * What is asked for after a result came; kept as long as there is room.
 *
 * @param copies Results that were copied for this caller already.
 */
export const addResult = (
  actions: readonly ActionState[],
  { event: _event, action: _action, id, node, ...result }: ActionResultEvent,
  copies: ResultCopies,
): readonly ActionState[] => {
  const size = sizeOfOutput(result);
  const added = actions.map((action) => {
    if (action.id !== id) return action;
    const results = copies.get(action.results) ?? new Map(action.results);
    copies.set(results, results);
    results.set(node, result);
    if (size === 0) return { ...action, results };
    return { ...action, results, outputSize: (action.outputSize ?? 0) + size };
  });
  return size === 0 ? added : keepOutputs(added);
};
