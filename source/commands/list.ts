import { type Instance, tagNames } from '../ec2/cloud.ts';
import { expiryOf } from '../ec2/expiry.ts';
import { findNodes } from '../fleet/find-nodes.ts';
import { selectNodes } from '../fleet/select-nodes.ts';
import { textTable } from '../reporters/text-table.ts';
import { readPinned } from '../ssh/known-hosts.ts';
import { listAllDeployments } from './all-deployments.ts';
import type { RunCommand } from './command.ts';
import { exitStatus } from './exit-status.ts';
import { withInterruption } from './interruption.ts';
import { noNodes } from './no-nodes.ts';
import { openWorkspace } from './workspace.ts';

/** Lists the nodes that EC2 knows by the deployment's tag. */
export const run: RunCommand = (invocation) => {
  const { options, stdout, words } = invocation;
  return withInterruption(invocation, async (signal) => {
    if (options.allDeployments) return listAllDeployments(invocation, signal);
    const { clouds, config, folders } = await openWorkspace(invocation, signal);
    const nodes = selectNodes(await findNodes(clouds, signal), words);
    const pinned = await readPinned(folders.knownHosts(config.deployment));
    const hostKeyOf = ({ instanceId, tags }: Instance) =>
      tags[tagNames.hostKey] === undefined ? (pinned.get(instanceId) ?? null) : 'verified';
    if (options.json) {
      const list = {
        deployment: config.deployment,
        nodes: nodes.map(({ name, instance }) => ({
          node: name,
          instanceId: instance.instanceId,
          region: instance.region,
          zone: instance.zone,
          instanceType: instance.instanceType,
          state: instance.state,
          address: instance.address ?? null,
          launchedAt: new Date(instance.launchedAt).toISOString(),
          hostKey: hostKeyOf(instance),
          expiresAt: expiresAtOf(instance),
        })),
      };
      stdout.write(`${JSON.stringify(list)}\n`);
    } else if (nodes.length === 0) {
      stdout.write(noNodes(invocation, config));
    } else {
      const expires = nodes.some(({ instance }) => expiresAtOf(instance) !== null);
      const lines = textTable(
        [
          ...['NODE', 'INSTANCE', 'ZONE', 'TYPE', 'STATE', 'ADDRESS', 'LAUNCHED'],
          ...(expires ? ['EXPIRES'] : []),
        ],
        nodes.map(({ name, instance }) => [
          name,
          instance.instanceId,
          instance.zone,
          instance.instanceType,
          instance.state,
          instance.address ?? '-',
          toSeconds(new Date(instance.launchedAt).toISOString()),
          ...(expires ? [toSeconds(expiresAtOf(instance) ?? '-')] : []),
        ]),
      );
      const unverified = nodes.filter(({ instance }) => hostKeyOf(instance) === 'pinned');
      stdout.write(`${[...lines, ...unverifiedLine(unverified)].join('\n')}\n`);
    }
    return exitStatus.success;
  });
};

const expiresAtOf = ({ tags }: Instance): string | null => {
  const time = expiryOf(tags);
  return time === undefined ? null : new Date(time).toISOString();
};

const toSeconds = (isoTime: string): string => isoTime.replace(/\.\d+Z$/, 'Z');

const unverifiedLine = (nodes: readonly { readonly name: string }[]): string[] =>
  nodes.length === 0
    ? []
    : [
        `Nobody vouches for the host ${nodes.length === 1 ? 'key' : 'keys'} of ${nodes.map(({ name }) => name).join(', ')}: trusted here at first sight.`,
      ];
