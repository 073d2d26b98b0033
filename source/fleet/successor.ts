import { type Instance, tagNames } from '../ec2/cloud.ts';
import { identityOf } from '../ec2/launch-intent.ts';
import { isAlive } from './plan.ts';

/** Times within an hour that a node which EC2 took back gets another instance by itself. */
export const replacementLimit = 3;

const hour = 3_600_000;

/** The identity of the launch in the place of an instance: the same for whoever launches. */
export const successionOf = (instanceId: string): string => `replaces ${instanceId}`;

/** Living instances by the launch that brought them, as far as that was one of its own. */
export const bySuccession = (instances: readonly Instance[]): Map<string, Instance> => {
  const found = new Map<string, Instance>();
  for (const instance of instances) {
    const mark = markOn(instance);
    if (mark !== undefined && isAlive(instance)) found.set(mark, instance);
  }
  return found;
};

/** The living instance that was launched in the place of one that EC2 takes back. */
export const successorOf = (
  instanceId: string,
  successions: ReadonlyMap<string, Instance>,
): Instance | undefined => successions.get(markOf(instanceId));

/**
 * Whether one replacement more may be launched: a pool that takes back at once must not cost an
 * instance a minute. Counts by EC2's own record, so that all processes count the same: it remembers
 * terminated instances for about an hour.
 */
export const hasReplacementsLeft = (
  instanceId: string,
  instances: readonly Instance[],
): boolean => {
  const last = instances.find((instance) => instance.instanceId === instanceId);
  if (last === undefined) return true;
  const predecessors = new Map(
    instances.map((instance) => [markOf(instance.instanceId), instance]),
  );
  let count = 0;
  let each: Instance | undefined = last;
  while (each !== undefined && last.launchedAt - each.launchedAt <= hour) {
    each = predecessors.get(markOn(each) ?? '');
    if (each !== undefined) count += 1;
  }
  return count < replacementLimit;
};

/** What the launch in the place of an instance writes on what it brings. */
const markOf = (instanceId: string): string =>
  identityOf({ count: 1, userData: '', identity: successionOf(instanceId) }, 1);

/** As the instance's tag has it: count, launch template, and whose launch it was. */
const markOn = ({ tags }: Instance): string | undefined => tags[tagNames.launch]?.split(' ')[2];
