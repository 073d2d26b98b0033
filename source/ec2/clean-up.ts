import type { CleanupAnswer, Instance } from './cloud.ts';
import { Ec2Error } from './errors.ts';
import { leftoverKinds } from './leftovers/kinds.ts';
import type { Leftover } from './leftovers/leftover.ts';
import type { AccountRegion } from './scope.ts';

/** What carries the tag, and what could not be looked for, in words for people. */
export type Remains = {
  readonly found: readonly Leftover[];
  readonly unseen: readonly string[];
};

/**
 * Looks for everything but instances that carries a deployment's tag, or that of any deployment,
 * in the order in which it can be removed. A kind that can't be looked for does not hide others.
 */
export const findLeftovers = async (
  scope: AccountRegion,
  deployment: string | undefined,
  signal: AbortSignal,
): Promise<Remains> => {
  const answers = await Promise.allSettled(
    leftoverKinds.map((find) => find(scope, deployment, signal)),
  );
  signal.throwIfAborted();
  const found: Leftover[] = [];
  const unseen: string[] = [];
  for (const answer of answers) {
    if (answer.status === 'fulfilled') found.push(...answer.value);
    else unseen.push(sentence(answer.reason));
  }
  return { found, unseen };
};

/**
 * Removes everything but instances that carries the deployment's tag. Does nothing while an
 * instance is left. What can't be removed is part of the answer.
 */
export const cleanUp = async (
  scope: AccountRegion,
  deployment: string,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<CleanupAnswer> => {
  const alive = instances.filter(
    ({ state }) => state !== 'terminated' && state !== 'shutting-down',
  );
  if (alive.length > 0) {
    const ids = alive.map(({ instanceId }) => instanceId).join(', ');
    return { removed: [], left: [`everything in ${scope.region}, because ${ids} is still there`] };
  }
  const { found, unseen } = await findLeftovers(scope, deployment, signal);
  const removed: string[] = [];
  const left: string[] = [...unseen];
  for (const { name, remove } of found) {
    try {
      await remove(signal);
      removed.push(name);
    } catch (error) {
      signal.throwIfAborted();
      // Gone already, by another destroy or by this one's first try.
      if (error instanceof Ec2Error && error.kind === 'not-found') removed.push(name);
      else left.push(sentence(error));
    }
  }
  return { removed, left };
};

/** @throws What is no `Ec2Error`. */
const sentence = (error: unknown): string => {
  if (!(error instanceof Ec2Error)) throw error;
  return `${error.message}. ${error.hint}`;
};
