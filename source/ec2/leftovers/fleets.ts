import {
  DeleteFleetsCommand,
  DescribeFleetsCommand,
  DescribeTagsCommand,
  type FleetData,
} from '@aws-sdk/client-ec2';
import { tagNames } from '../cloud.ts';
import { Ec2Error } from '../errors.ts';
import { inChunks } from '../in-parallel.ts';
import { ask, askForPages } from '../request.ts';
import { taggedFor } from '../resource-tags.ts';
import type { AccountRegion } from '../scope.ts';
import type { FindLeftovers } from './leftover.ts';

/** Fleets that one call asks about. */
const maximumFleets = 100;

/**
 * Fleets that EC2 still keeps as active. Removing one terminates what it launched, also what EC2
 * does not list yet. EC2 shows a fleet of type `instant` only to those who know its id, which its
 * tags give away.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFleets.html
 */
export const findFleets: FindLeftovers = async (scope, deployment, signal) => {
  const owners = await findOwners(scope, deployment, signal);
  const chunks = inChunks([...owners.keys()], maximumFleets);
  const fleets = (await Promise.all(chunks.map((ids) => describe(scope, ids, signal)))).flat();
  return fleets.flatMap(({ FleetId: id, FleetState: state }) => {
    const owner = id === undefined ? undefined : owners.get(id);
    if (id === undefined || owner === undefined) return [];
    if (state !== 'active' && state !== 'submitted' && state !== 'modifying') return [];
    const name = `fleet ${id} (${scope.region})`;
    return { name, deployment: owner, remove: (until) => remove(scope, id, name, until) };
  });
};

/** The deployments that made the fleets, by the fleets' ids. */
const findOwners = async (
  scope: AccountRegion,
  deployment: string | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> => {
  const tags = await askForPages(
    scope,
    { doing: 'look for fleets to remove', action: 'DescribeTags' },
    signal,
    async (token, options) => {
      const { Values = [] } = deployment === undefined ? {} : taggedFor(deployment);
      const answer = await scope.client.send(
        new DescribeTagsCommand({
          Filters: [
            { Name: 'resource-type', Values: ['fleet'] },
            { Name: 'key', Values: [tagNames.deployment] },
            ...(deployment === undefined ? [] : [{ Name: 'value', Values }]),
          ],
          ...token,
        }),
        options,
      );
      return { items: answer.Tags ?? [], nextToken: answer.NextToken };
    },
  );
  return new Map(
    tags.flatMap(({ ResourceId, Value }) =>
      ResourceId === undefined || Value === undefined ? [] : [[ResourceId, Value]],
    ),
  );
};

/** One id that EC2 has forgotten fails a whole call: it is halved until the id stands alone. */
const describe = async (
  scope: AccountRegion,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<FleetData[]> => {
  try {
    const answer = await ask(
      scope,
      { doing: 'look for fleets to remove', action: 'DescribeFleets' },
      signal,
      (options) => scope.client.send(new DescribeFleetsCommand({ FleetIds: [...ids] }), options),
    );
    return answer.Fleets ?? [];
  } catch (error) {
    if (!(error instanceof Ec2Error && error.kind === 'not-found')) throw error;
    if (ids.length === 1) return [];
    const halves = inChunks(ids, Math.ceil(ids.length / 2));
    return (await Promise.all(halves.map((half) => describe(scope, half, signal)))).flat();
  }
};

const remove = async (
  scope: AccountRegion,
  id: string,
  name: string,
  signal: AbortSignal,
): Promise<void> => {
  const answer = await ask(
    scope,
    { doing: `remove the ${name}`, action: 'DeleteFleets' },
    signal,
    (options) =>
      scope.client.send(
        new DeleteFleetsCommand({ FleetIds: [id], TerminateInstances: true }),
        options,
      ),
  );
  const [refusal] = answer.UnsuccessfulFleetDeletions ?? [];
  if (refusal === undefined || refusal.Error?.Code === 'fleetIdDoesNotExist') return;
  const { Code: code = 'unexpectedError', Message: message = 'EC2 gives no reason' } =
    refusal.Error ?? {};
  throw new Ec2Error(`${scope.region}: can't remove the ${name}: ${message} (${code})`, {
    kind: 'conflict',
    hint: 'Run the command again.',
    code,
    region: scope.region,
  });
};
