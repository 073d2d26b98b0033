import { DeleteKeyPairCommand, DescribeKeyPairsCommand } from '@aws-sdk/client-ec2';
import { ask } from '../request.ts';
import { deploymentOf, taggedFor } from '../resource-tags.ts';
import type { FindLeftovers } from './leftover.ts';

export const findKeyPairs: FindLeftovers = async (scope, deployment, signal) => {
  const { KeyPairs } = await ask(
    scope,
    { doing: 'look for key pairs to remove', action: 'DescribeKeyPairs' },
    signal,
    (options) =>
      scope.client.send(new DescribeKeyPairsCommand({ Filters: [taggedFor(deployment)] }), options),
  );
  return (KeyPairs ?? []).flatMap(({ KeyName, Tags }) => {
    const owner = deploymentOf(Tags);
    if (KeyName === undefined || owner === undefined) return [];
    const name = `key pair ${KeyName} (${scope.region})`;
    return {
      name,
      deployment: owner,
      remove: (until) =>
        ask(scope, { doing: `remove the ${name}`, action: 'DeleteKeyPair' }, until, (options) =>
          scope.client.send(new DeleteKeyPairCommand({ KeyName }), options),
        ),
    };
  });
};
