import type { Action } from './action-log.ts';
import type { SeenInstances } from './actions.ts';
import type { NodeSession } from './node-session.ts';

/**
 * Leaves the nodes out that have another machine by now than the one that somebody confirmed to
 * end: nobody has said of that one that it may go.
 *
 * @returns The others.
 */
export const withoutOtherMachines = (
  action: Action,
  sessions: readonly NodeSession[],
  confirmed: SeenInstances | undefined,
): NodeSession[] =>
  sessions.filter(({ machine, name }) => {
    const isOther =
      confirmed !== undefined && machine.isThere && machine.instanceId !== confirmed.get(name);
    if (isOther) {
      action.settle(name, {
        status: 'skipped',
        detail: `it has another machine now (${machine.instanceId})`,
      });
    }
    return !isOther;
  });
