import { throwFirst } from '../ec2/errors.ts';
import type { Action, NodeResult } from './action-log.ts';
import { byRegion, type FleetMachines } from './fleet-machines.ts';
import type { NodeSession } from './node-session.ts';

/**
 * Terminates the machines of nodes, a call per region. What EC2 refuses fails the nodes that it
 * concerns only.
 *
 * @throws The first of the refusals, once all regions have answered.
 */
export const terminateNodes = async (
  action: Action,
  sessions: readonly NodeSession[],
  machines: Pick<FleetMachines, 'terminate'>,
  signal: AbortSignal,
): Promise<void> => {
  const here: NodeSession[] = [];
  for (const session of sessions) {
    const why = whyNot(session);
    if (why === undefined) here.push(session);
    else action.settle(session.name, { status: 'skipped', detail: why });
  }
  const answers = await Promise.allSettled(
    [...byRegion(here)].map(async ([region, inRegion]) => {
      for (const { name } of inRegion) action.running(name, 'asking EC2');
      try {
        const refused = await machines.terminate(region, inRegion, signal);
        for (const session of inRegion) {
          const error = refused.get(session);
          action.settle(session.name, error === undefined ? agreed : action.failure(error));
        }
        throwFirst(refused.values());
      } catch (error) {
        for (const { name } of inRegion) action.settle(name, action.failure(error));
        throw error;
      }
    }),
  );
  const refusal = answers.find((answer) => answer.status === 'rejected');
  if (refusal !== undefined) throw refusal.reason;
};

const agreed: NodeResult = { status: 'succeeded', detail: 'EC2 terminates it' };

const whyNot = ({ awaitsLaunch, machine }: NodeSession): string | undefined => {
  if (machine.isThere) return undefined;
  if (machine.isGone) return 'its machine is gone already';
  return awaitsLaunch
    ? 'EC2 has not answered its launch yet: ask again when it has'
    : 'it has no machine';
};
