import type { ActionName, FleetEvent } from '../../source/events/event.ts';
import type { ActionResult } from '../../source/fleet/state.ts';
import { start } from './events.ts';

/** Somebody asks for something. */
export const asks = (
  id: number,
  action: ActionName,
  nodes: readonly string[],
  more: { readonly detail?: string; readonly failure?: string; readonly by?: string } = {},
): FleetEvent => ({
  event: 'action',
  time: start,
  id,
  action,
  state: 'started',
  nodes,
  by: 'ann@desk',
  ...more,
});

/** An action is over after some seconds. */
export const ends = (
  id: number,
  action: ActionName,
  nodes: readonly string[],
  state: 'done' | 'cancelled' = 'done',
  seconds = 4,
): FleetEvent => ({
  event: 'action',
  time: start + seconds * 1000,
  id,
  action,
  state,
  nodes,
  by: 'ann@desk',
});

/** What becomes of an action on a node. */
export const comesTo = (
  id: number,
  action: ActionName,
  node: string,
  result: Omit<ActionResult, 'time'>,
): FleetEvent => ({ event: 'action-result', time: start, id, action, node, ...result });

/** A command ends on a node. */
export const prints = (
  id: number,
  node: string,
  output: readonly string[],
  exitStatus = 0,
): FleetEvent =>
  comesTo(id, 'exec', node, {
    status: exitStatus === 0 ? 'succeeded' : 'failed',
    detail: `exit status ${exitStatus}`,
    exitStatus,
    output,
  });

/** `us-west-2-1` and so on. */
export const names = (count: number): string[] =>
  Array.from({ length: count }, (_node, index) => `us-west-2-${index + 1}`);
