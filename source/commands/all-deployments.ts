import { type DeploymentOverview, overviewsOf, partsOf } from '../fleet/deployments.ts';
import { priceInstances, roundPrice } from '../fleet/instance-prices.ts';
import { dollars } from '../reporters/dollars.ts';
import { textTable } from '../reporters/text-table.ts';
import { formatDuration } from '../ui/duration.ts';
import { type AccountView, viewAccount } from './account.ts';
import type { Invocation } from './command.ts';
import { type ExitStatus, exitStatus, UsageError } from './exit-status.ts';

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
    stdout.write(`${linesOf(overviews, total, view).join('\n')}\n`);
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
): string[] => {
  const where = seen.length === 1 ? (seen[0]?.cloud.region ?? '') : `${seen.length} regions`;
  if (overviews.length === 0) return [`No deployment of spot-tui in ${where}.`];
  const known = dollars(total.sum);
  const cost = total.isComplete ? `${known} an hour` : `${known} an hour and what is unknown`;
  return [
    ...textTable(
      ['DEPLOYMENT', 'NODES', 'REGIONS', 'TYPES', 'OLDEST', 'EXPIRES', 'PER HOUR'],
      overviews.map((each) => [
        each.deployment,
        nodesOf(each),
        each.regions.join(', '),
        each.instanceTypes.join(', ') || '-',
        each.oldestLaunchAt === undefined ? '-' : formatDuration(now - each.oldestLaunchAt),
        each.expiresAt === undefined ? '-' : expiryText(each.expiresAt, now),
        each.pricePerHour === undefined ? 'unknown' : dollars(each.pricePerHour),
      ]),
    ),
    '',
    `${overviews.length === 1 ? '1 deployment' : `${overviews.length} deployments`} in ${where}: ${cost}, plus storage and traffic.`,
  ];
};

const nodesOf = ({ resources, states }: DeploymentOverview): string =>
  states.size === 0
    ? `none, ${resources} ${resources === 1 ? 'leftover' : 'leftovers'}`
    : [...states].map(([state, count]) => `${count} ${state}`).join(', ');

/** `in 2h 5m`, or `expired`. */
export const expiryText = (expiresAt: number, now: number): string =>
  expiresAt <= now ? 'expired' : `in ${formatDuration(expiresAt - now)}`;
