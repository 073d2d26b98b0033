import { pause } from './abortable.ts';
import type { CleanupAnswer, Instance } from './cloud.ts';
import { describeTagged } from './describe.ts';
import { Ec2Error } from './errors.ts';
import { leftoverKinds } from './leftovers/kinds.ts';
import type { Leftover } from './leftovers/leftover.ts';
import { backOff } from './persist.ts';
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
 * Removes everything but instances that carries the deployment's tag, once those that end are gone.
 * Does nothing while an instance is left. What can't be removed is part of the answer.
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
  if (found.length > 0) await untilGone(scope, deployment, instances, signal);
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

/** The longest pause between two looks at instances that end; milliseconds. */
const longestLook = 2_000;

/** Waits, within the scope's patience, for instances that end: they hold what is to be removed. */
const untilGone = async (
  scope: AccountRegion,
  deployment: string,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<void> => {
  const ending = new Set(
    instances.filter(({ state }) => state === 'shutting-down').map(({ instanceId }) => instanceId),
  );
  let left = scope.patience.release;
  for (let tries = 0; ending.size > 0 && left > 0; tries += 1) {
    const wait = backOff(tries, scope.patience.firstPause, longestLook);
    left -= wait;
    await pause(wait, signal);
    const shown = await describeTagged(scope, deployment, signal);
    const there = new Set(
      shown.filter(({ state }) => state !== 'terminated').map(({ instanceId }) => instanceId),
    );
    for (const instanceId of ending) if (!there.has(instanceId)) ending.delete(instanceId);
  }
};

/** @throws What is no `Ec2Error`. */
const sentence = (error: unknown): string => {
  if (!(error instanceof Ec2Error)) throw error;
  return `${error.message}. ${error.hint}`;
};
