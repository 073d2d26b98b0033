import { DeleteVolumeCommand, DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { ask, askForPages } from '../request.ts';
import { deploymentOf, taggedFor } from '../resource-tags.ts';
import type { FindLeftovers } from './leftover.ts';

/** Volumes that no instance has any more: the others go with theirs. */
export const findVolumes: FindLeftovers = async (scope, deployment, signal) => {
  const volumes = await askForPages(
    scope,
    { doing: 'look for volumes to remove', action: 'DescribeVolumes' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeVolumesCommand({
          Filters: [taggedFor(deployment), { Name: 'status', Values: ['available', 'error'] }],
          ...token,
        }),
        options,
      );
      return { items: answer.Volumes ?? [], nextToken: answer.NextToken };
    },
  );
  return volumes.flatMap(({ VolumeId: id, Tags }) => {
    const owner = deploymentOf(Tags);
    if (id === undefined || owner === undefined) return [];
    const name = `volume ${id} (${scope.region})`;
    return {
      name,
      deployment: owner,
      remove: (until) =>
        ask(scope, { doing: `remove the ${name}`, action: 'DeleteVolume' }, until, (options) =>
          scope.client.send(new DeleteVolumeCommand({ VolumeId: id }), options),
        ),
    };
  });
};
