import { type DeploymentOverview, overviewsOf, partsOf } from '../fleet/deployments.ts';
import { priceInstances, roundPrice } from '../fleet/instance-prices.ts';
import { dollars } from '../reporters/dollars.ts';
import { firstAndMore, fittingTable, leftOutLine } from '../reporters/fitting-table.ts';
import { formatDuration } from '../ui/duration.ts';
import { type AccountView, viewAccount } from './account.ts';
import type { Invocation } from './command.ts';
import { type ExitStatus, exitStatus, UsageError } from './exit-status.ts';
import { terminalWidth } from './terminal-width.ts';

/** Lists every deployment of spot-tui in the account, with what it costs. */
export const listAllDeployments = async (
  invocation: Invocation,
  signal: AbortSignal,
): Promise<ExitStatus> => {
  const { options, stderr, stdout, words } = invocation;
  if (words.length > 0) {
    throw new UsageError(
      'list --all-deployments takes no nodes',
      'Leave the nodes or --all-deployments out.',
    );
  }
  const view = await viewAccount(invocation, signal);
  const parts = partsOf(view.seen.map(({ scan }) => scan));
  // Without its price a deployment is worth knowing of all the same.
  const { prices, problems } = await priceInstances(
    view.seen.map(({ cloud }) => cloud),
    view.seen.flatMap(({ scan }) => scan.instances),
    signal,
  );
  for (const problem of problems) {
    stderr.write(`warning: what nodes cost is not known: ${problem}\n`);
  }
  const overviews = overviewsOf(parts, ({ instanceId }) => prices.get(instanceId));
  const total = sumOf(overviews);
  if (options.json) {
    const answer = {
      deployments: overviews.map(jsonOf),
      pricePerHour: total.isComplete ? roundPrice(total.sum) : null,
      regions: view.seen.map(({ scan }) => scan.region),
      unseenRegions: view.unseen.map(({ cloud }) => cloud.region),
    };
    stdout.write(`${JSON.stringify(answer)}\n`);
  } else {
    stdout.write(`${linesOf(overviews, total, view, terminalWidth(stdout)).join('\n')}\n`);
  }
  return exitStatus.success;
};

type Total = { readonly sum: number; readonly isComplete: boolean };

const sumOf = (overviews: readonly DeploymentOverview[]): Total => ({
  sum: overviews.reduce((sum, { pricePerHour = 0 }) => sum + pricePerHour, 0),
  isComplete: overviews.every(({ pricePerHour }) => pricePerHour !== undefined),
});

const jsonOf = (overview: DeploymentOverview) => ({
  deployment: overview.deployment,
  nodes: Object.fromEntries(overview.states),
  regions: overview.regions,
  instanceTypes: overview.instanceTypes,
  oldestLaunchAt: isoOf(overview.oldestLaunchAt),
  expiresAt: isoOf(overview.expiresAt),
  pricePerHour: overview.pricePerHour ?? null,
  resources: overview.resources,
});

const isoOf = (time: number | undefined): string | null =>
  time === undefined ? null : new Date(time).toISOString();

const linesOf = (
  overviews: readonly DeploymentOverview[],
  total: Total,
  { now, seen }: AccountView,
  width: number | undefined,
): string[] => {
  const where = seen.length === 1 ? (seen[0]?.cloud.region ?? '') : `${seen.length} regions`;
  if (overviews.length === 0) return [`No deployment of spot-tui in ${where}.`];
  const known = dollars(total.sum);
  const cost = total.isComplete ? `${known} an hour` : `${known} an hour and what is unknown`;
  const table = fittingTable(
    [
      { title: 'DEPLOYMENT', cells: overviews.map(({ deployment }) => deployment) },
      { title: 'NODES', cells: overviews.map(nodesOf) },
      {
        title: 'REGIONS',
        cells: overviews.map(({ regions }) => regions.join(', ')),
        short: overviews.map(({ regions }) => firstAndMore(regions)),
        leaves: 3,
      },
      {
        title: 'TYPES',
        cells: overviews.map(({ instanceTypes }) => instanceTypes.join(', ') || '-'),
        short: overviews.map(({ instanceTypes }) => firstAndMore(instanceTypes)),
        leaves: 1,
      },
      {
        title: 'OLDEST',
        cells: overviews.map(({ oldestLaunchAt }) =>
          oldestLaunchAt === undefined ? '-' : formatDuration(now - oldestLaunchAt),
        ),
        leaves: 2,
      },
      {
        title: 'EXPIRES',
        cells: overviews.map(({ expiresAt }) =>
          expiresAt === undefined ? '-' : expiryText(expiresAt, now),
        ),
        leaves: 4,
      },
      {
        title: 'PER HOUR',
        cells: overviews.map(({ pricePerHour }) =>
          pricePerHour === undefined ? 'unknown' : dollars(pricePerHour),
        ),
      },
    ],
    width,
  );
  const count = overviews.length === 1 ? '1 deployment' : `${overviews.length} deployments`;
  return [
    ...table.lines,
    ...leftOutLine(table),
    '',
    `${count}, looked for in ${where}: ${cost}, plus storage and traffic.`,
  ];
};

const nodesOf = ({ resources, states }: DeploymentOverview): string =>
  states.size === 0
    ? `none, ${resources} ${resources === 1 ? 'leftover' : 'leftovers'}`
    : [...states].map(([state, count]) => `${count} ${state}`).join(', ');

/** `in 2h 5m`, or `expired`. */
export const expiryText = (expiresAt: number, now: number): string =>
  expiresAt <= now ? 'expired' : `in ${formatDuration(expiresAt - now)}`;
