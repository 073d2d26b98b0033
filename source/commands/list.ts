import { type Instance, tagNames } from '../ec2/cloud.ts';
import { expiryOf } from '../ec2/expiry.ts';
import { findNodes } from '../fleet/find-nodes.ts';
import { addPrices, priceInstances } from '../fleet/instance-prices.ts';
import type { ExistingNode } from '../fleet/plan.ts';
import { selectNodes } from '../fleet/select-nodes.ts';
import { dollars } from '../reporters/dollars.ts';
import { fittingTable, leftOutLine, type TableColumn } from '../reporters/fitting-table.ts';
import { readPinned } from '../ssh/known-hosts.ts';
import { formatDuration } from '../ui/duration.ts';
import { expiryText, listAllDeployments } from './all-deployments.ts';
import type { RunCommand } from './command.ts';
import { exitStatus } from './exit-status.ts';
import { withInterruption } from './interruption.ts';
import { noNodes } from './no-nodes.ts';
import { terminalWidth } from './terminal-width.ts';
import { openWorkspace } from './workspace.ts';

/** Lists the nodes that EC2 knows by the deployment's tag. */
export const run: RunCommand = (invocation) => {
  const { options, stderr, stdout, words } = invocation;
  return withInterruption(invocation, async (signal) => {
    if (options.allDeployments) return listAllDeployments(invocation, signal);
    const { clouds, config, folders } = await openWorkspace(invocation, signal);
    const nodes = selectNodes(await findNodes(clouds, signal), words);
    const instances = nodes.map(({ instance }) => instance);
    const { prices, problems } = await priceInstances(clouds, instances, signal);
    for (const problem of problems) {
      stderr.write(`warning: what nodes cost is not known: ${problem}\n`);
    }
    const priceOf = ({ instanceId }: Instance) => prices.get(instanceId);
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
          lifecycle: instance.lifecycle,
          pricePerHour: priceOf(instance) ?? null,
        })),
        totals: totalsOf(nodes, priceOf),
      };
      stdout.write(`${JSON.stringify(list)}\n`);
    } else if (nodes.length === 0) {
      stdout.write(noNodes(invocation, config));
    } else {
      const table = fittingTable(columnsOf(nodes, priceOf, Date.now()), terminalWidth(stdout));
      const unverified = nodes.filter(({ instance }) => hostKeyOf(instance) === 'pinned');
      const lines = [
        ...table.lines,
        ...leftOutLine(table),
        totalLine(totalsOf(nodes, priceOf)),
        ...unverifiedLine(unverified),
      ];
      stdout.write(`${lines.join('\n')}\n`);
    }
    return exitStatus.success;
  });
};

/** What helps to reach a node stays longest where there is little room. */
const columnsOf = (
  nodes: readonly ExistingNode[],
  priceOf: (instance: Instance) => number | undefined,
  now: number,
): TableColumn[] => {
  const instances = nodes.map(({ instance }) => instance);
  const expiries = instances.map(({ tags }) => expiryOf(tags));
  const expires: TableColumn = {
    title: 'EXPIRES',
    cells: expiries.map((time) => (time === undefined ? '-' : isoSeconds(time))),
    short: expiries.map((time) => (time === undefined ? '-' : expiryText(time, now))),
    leaves: 4,
  };
  return [
    { title: 'NODE', cells: nodes.map(({ name }) => name) },
    { title: 'INSTANCE', cells: instances.map(({ instanceId }) => instanceId), leaves: 5 },
    { title: 'ZONE', cells: instances.map(({ zone }) => zone), leaves: 1 },
    { title: 'TYPE', cells: instances.map(({ instanceType }) => instanceType), leaves: 3 },
    { title: 'STATE', cells: instances.map(({ state }) => state) },
    { title: 'ADDRESS', cells: instances.map(({ address }) => address ?? '-'), leaves: 7 },
    {
      title: 'LAUNCHED',
      cells: instances.map(({ launchedAt }) => isoSeconds(launchedAt)),
      short: instances.map(({ launchedAt }) => `${formatDuration(now - launchedAt)} ago`),
      leaves: 2,
    },
    ...(expiries.some((time) => time !== undefined) ? [expires] : []),
    {
      title: 'PRICE/H',
      cells: instances.map((instance) => describePrice(instance, priceOf(instance))),
      leaves: 6,
    },
  ];
};

const expiresAtOf = ({ tags }: Instance): string | null => {
  const time = expiryOf(tags);
  return time === undefined ? null : new Date(time).toISOString();
};

const isoSeconds = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

const unverifiedLine = (nodes: readonly { readonly name: string }[]): string[] =>
  nodes.length === 0
    ? []
    : [
        `Nobody vouches for the host ${nodes.length === 1 ? 'key' : 'keys'} of ${nodes.map(({ name }) => name).join(', ')}: trusted here at first sight.`,
      ];

type Totals = {
  readonly nodes: number;
  /** Nodes that are not spot instances. */
  readonly onDemand: number;
  /** US dollars per hour of the nodes whose price is known; null where none is. */
  readonly pricePerHour: number | null;
  /** Nodes whose price is not known. */
  readonly unpriced: number;
};

const totalsOf = (
  nodes: readonly ExistingNode[],
  priceOf: (instance: Instance) => number | undefined,
): Totals => {
  const { pricePerHour = null, unknown } = addPrices(
    nodes.map(({ instance }) => priceOf(instance)),
  );
  const onDemand = nodes.filter(({ instance }) => instance.lifecycle === 'on-demand').length;
  return {
    nodes: nodes.length,
    onDemand,
    pricePerHour,
    unpriced: unknown,
  };
};

const describePrice = ({ lifecycle }: Instance, price: number | undefined): string => {
  const amount = price === undefined ? 'unknown' : dollars(price);
  return lifecycle === 'on-demand' ? `${amount} on demand` : amount;
};

const totalLine = ({ nodes, onDemand, pricePerHour, unpriced }: Totals): string => {
  const counted = `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  const dear = onDemand === 0 ? '' : `, ${onDemand} of them on demand`;
  if (pricePerHour === null) return `${counted}${dear}: what they cost is not known.`;
  const rest = unpriced === 0 ? '' : `, and ${unpriced} whose price is not known`;
  return `${counted}${dear}: ${dollars(pricePerHour)} an hour${rest}.`;
};
