import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { Ec2Error, isPassing } from './errors.ts';
import { inChunks, inParallel } from './in-parallel.ts';
import { persist } from './persist.ts';
import { ask } from './request.ts';
import type { AccountRegion } from './scope.ts';

/** EC2's limit is 1000 instances a call. */
const maximumInstances = 500;
const parallelCalls = 4;

/**
 * Terminates the instances. EC2 refuses a whole call for one bad id: a refused call is halved until
 * the id stands alone. What EC2 does not know counts as terminated, unless `isNew` says that it
 * merely can't know it yet. Returns the error of each instance that was not terminated.
 */
export const terminateInstances = async (
  scope: AccountRegion,
  instanceIds: readonly string[],
  isNew: (instanceId: string) => boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Ec2Error>> => {
  const errors = new Map<string, Ec2Error>();

  const terminate = async (ids: readonly string[]): Promise<void> => {
    const [only, ...more] = ids;
    if (only === undefined) return;
    try {
      await (more.length === 0 && isNew(only)
        ? persist(scope, { codes: unknownId, patience: scope.patience.visibility, signal }, () =>
            send(scope, ids, signal),
          )
        : send(scope, ids, signal));
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      if (more.length > 0 && !concernsAll(error)) {
        const middle = Math.ceil(ids.length / 2);
        await terminate(ids.slice(0, middle));
        await terminate(ids.slice(middle));
        return;
      }
      if (unknownId.test(error.code ?? '') && !isNew(only)) return;
      for (const id of ids) errors.set(id, error);
    }
  };

  const chunks = inChunks([...new Set(instanceIds)], maximumInstances);
  const [failure] = await inParallel(chunks, parallelCalls, terminate);
  if (failure !== undefined) throw failure.reason;
  return errors;
};

const unknownId = /^InvalidInstanceID\.NotFound$/;

/** Whether it would be the same for each of the instances alone. */
const concernsAll = (error: Ec2Error): boolean => isPassing(error) || error.kind === 'credentials';

const send = (scope: AccountRegion, instanceIds: readonly string[], signal: AbortSignal) =>
  ask(
    scope,
    { doing: `terminate ${instanceIds.join(', ')}`, action: 'TerminateInstances' },
    signal,
    (options) =>
      scope.client.send(new TerminateInstancesCommand({ InstanceIds: [...instanceIds] }), options),
  );
