import type { AccountCloud } from '../ec2/account-cloud.ts';
import type { Instance } from '../ec2/cloud.ts';
import { Ec2Error } from '../ec2/errors.ts';
import { type DeploymentOverview, overviewsOf, partsOf } from '../fleet/deployments.ts';
import { isAlive } from '../fleet/plan.ts';
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
  const { options, stdout, words } = invocation;
  if (words.length > 0) {
    throw new UsageError(
      'list --all-deployments takes no nodes',
      'Leave the nodes or --all-deployments out.',
    );
  }
  const view = await viewAccount(invocation, signal);
  const parts = partsOf(view.seen.map(({ scan }) => scan));
  const prices = await findPrices(invocation, view, signal);
  const overviews = overviewsOf(parts, (instance) =>
    instance.lifecycle === 'spot' ? prices.get(poolOf(instance)) : undefined,
  );
  const total = sumOf(overviews);
  if (options.json) {
    const answer = {
      deployments: overviews.map(jsonOf),
      pricePerHour: total.isComplete ? Math.round(total.sum * 10_000) / 10_000 : null,
      regions: view.seen.map(({ scan }) => scan.region),
      unseenRegions: view.unseen.map(({ cloud }) => cloud.region),
    };
    stdout.write(`${JSON.stringify(answer)}\n`);
  } else {
    stdout.write(`${linesOf(overviews, total, view).join('\n')}\n`);
  }
  return exitStatus.success;
};

/** US dollars per hour by pool; one question for each region with spot instances. */
const findPrices = async (
  { stderr }: Invocation,
  { seen }: AccountView,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> => {
  const answers = await Promise.all(
    seen.map(({ cloud, scan }) => pricesIn(cloud, scan.instances, signal)),
  );
  const prices = new Map<string, number>();
  for (const answer of answers) {
    if (answer instanceof Ec2Error) stderr.write(`warning: ${answer.message}\n`);
    else for (const [pool, price] of answer) prices.set(pool, price);
  }
  return prices;
};

const pricesIn = async (
  cloud: AccountCloud,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<(readonly [string, number])[] | Ec2Error> => {
  const spots = instances.filter((each) => isAlive(each) && each.lifecycle === 'spot');
  if (spots.length === 0) return [];
  const types = [...new Set(spots.map(({ instanceType }) => instanceType))];
  try {
    const prices = await cloud.spotPrices(types, signal);
    return prices.map((each) => [poolOf(each), each.price] as const);
  } catch (error) {
    // Without its price a deployment is worth knowing of all the same.
    if (error instanceof Ec2Error) return error;
    throw error;
  }
};

const poolOf = ({ instanceType, zone }: Pick<Instance, 'instanceType' | 'zone'>): string =>
  `${instanceType} ${zone}`;

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
    ? `none, ${resources} leftovers`
    : [...states].map(([state, count]) => `${count} ${state}`).join(', ');

/** `in 2h 5m`, or `expired`. */
export const expiryText = (expiresAt: number, now: number): string =>
  expiresAt <= now ? 'expired' : `in ${formatDuration(expiresAt - now)}`;

const dollars = (amount: number): string => `$${amount.toFixed(amount < 1 ? 4 : 2)}`;
