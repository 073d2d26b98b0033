import type { Config } from '../config/config.ts';
import { formatIssue } from '../config/issue.ts';
import { checkPaths } from '../config/paths.ts';
import { describeAll } from '../fleet/find-nodes.ts';
import { roundPrice } from '../fleet/instance-prices.ts';
import { type LaunchPlan, planFleet } from '../fleet/plan.ts';
import { dollars } from '../reporters/dollars.ts';
import { firstAndMore, fittingTable, leftOutLine } from '../reporters/fitting-table.ts';
import type { Invocation } from './command.ts';
import {
  costOfLaunch,
  findCosts,
  type LaunchCost,
  limitWarnings,
  type PlanCosts,
  saving,
} from './plan-costs.ts';
import { terminalWidth } from './terminal-width.ts';
import type { Workspace } from './workspace.ts';

/**
 * Prints what `create` would launch and what it costs. Before a real run whatever stops it is
 * thrown; in a plan that is only read it is a warning.
 */
export const showPlan = async (
  { options, stderr, stdout }: Invocation,
  workspace: Workspace,
  signal: AbortSignal,
  { lenient }: { readonly lenient: boolean },
): Promise<void> => {
  const { config, issueAt } = workspace;
  const warnings = (await checkPaths(config, issueAt)).map(formatIssue);
  const { costs, plan } = await survey(workspace, signal).catch((error: unknown) => {
    if (signal.aborted || !lenient) throw error;
    warnings.push(
      `what already exists could not be looked up, so the plan is for an empty account: ${error instanceof Error ? error.message : String(error)}`,
    );
    return { plan: planFleet(config, []), costs: unknownCosts };
  });
  warnings.push(...costs.problems.map((problem) => `what nodes cost is not known: ${problem}`));
  warnings.push(...limitWarnings(config, costs));
  for (const warning of warnings) stderr.write(`warning: ${warning}\n`);

  const rows = config.regions.map(({ region, instanceTypes, image, spotPriceLimit, storageGb }) => {
    const launches = plan.launches.filter((launch) => launch.region === region);
    const { onDemand, spot } = costs.regions.get(region) ?? {};
    return {
      region,
      instanceTypes,
      image,
      storageGb,
      nodes: launches.flatMap(({ nodes }) => nodes.map(({ name }) => name)),
      existing: plan.existing.filter((node) => node.region === region).map(({ name }) => name),
      spotPriceLimit: spotPriceLimit ?? null,
      pricePerHour: spot?.price ?? null,
      onDemandPricePerHour: onDemand ?? null,
      costPerHour: inDollars(costOfLaunch(launches, costs).spot),
    };
  });
  const cost = costOfLaunch(plan.launches, costs);
  if (options.json) {
    const { deployment, totalInstances } = config;
    const total = {
      costPerHour: inDollars(cost.spot),
      onDemandCostPerHour: inDollars(cost.onDemand),
    };
    stdout.write(`${JSON.stringify({ deployment, totalInstances, regions: rows, ...total })}\n`);
    return;
  }
  const launching = rows.reduce((sum, { nodes }) => sum + nodes.length, 0);
  const imageOf = (image: string) => (image === 'auto' ? 'Ubuntu 24.04 LTS' : image);
  const limits = rows.map(({ spotPriceLimit }) => spotPriceLimit);
  const table = fittingTable(
    [
      { title: 'REGION', cells: rows.map(({ region }) => region) },
      { title: 'LAUNCH', cells: rows.map(({ nodes }) => String(nodes.length)) },
      { title: 'THERE', cells: rows.map(({ existing }) => String(existing.length)) },
      {
        title: 'TYPES',
        cells: rows.map((row) => row.instanceTypes.join(', ')),
        short: rows.map((row) => firstAndMore(row.instanceTypes)),
        leaves: 4,
      },
      { title: 'IMAGE', cells: rows.map(({ image }) => imageOf(image)), leaves: 1 },
      { title: 'DISK', cells: rows.map(({ storageGb }) => `${storageGb} GiB`), leaves: 2 },
      {
        title: 'PRICE LIMIT',
        cells: limits.map((limit) => (limit === null ? 'on-demand price' : `${dollars(limit)}/h`)),
        short: limits.map((limit) => (limit === null ? 'on demand' : `${dollars(limit)}/h`)),
        leaves: 5,
      },
      { title: 'SPOT NOW', cells: rows.map((row) => hourly(row.pricePerHour)), leaves: 6 },
      { title: 'ON DEMAND', cells: rows.map((row) => hourly(row.onDemandPricePerHour)), leaves: 3 },
      { title: 'COST', cells: rows.map((row) => hourly(row.costPerHour)) },
    ],
    terminalWidth(stdout),
  );
  stdout.write(
    [
      `Deployment ${config.deployment}: ${config.totalInstances} nodes wanted, ${plan.existing.length} there, ${launching} to launch.`,
      '',
      ...table.lines,
      ...leftOutLine(table),
      '',
      costLine(plan, cost),
      ...placementLine(config),
      '',
    ].join('\n'),
  );
};

const unknownCosts: PlanCosts = { regions: new Map(), problems: [] };

const survey = async ({ clouds, config }: Workspace, signal: AbortSignal) => {
  const plan = planFleet(config, await describeAll(clouds, signal));
  return { plan, costs: await findCosts(clouds, signal) };
};

const costLine = ({ launches }: LaunchPlan, cost: LaunchCost): string => {
  if (launches.length === 0) return 'Nothing to launch: every node is there; `create` checks them.';
  const { onDemand, spot } = cost;
  if (spot === undefined) return 'What it costs is unknown: EC2 gave no spot prices.';
  const percent = saving(cost);
  const less = percent === undefined ? '' : `: ${percent} % less`;
  const compared =
    onDemand === undefined
      ? 'what it would cost on demand is unknown'
      : `on demand it would be ${dollars(onDemand)}${less}`;
  return `The launch costs about ${dollars(spot)} an hour at the cheapest spot prices of now, plus storage and traffic; ${compared}.`;
};

/** Where nodes may end up otherwise than planned, which changes what they cost. */
const placementLine = ({ onDemandFallback, placement, regions }: Config): string[] => {
  const ways = [
    ...(placement === 'anywhere' && regions.length > 1 ? ['in another of these regions'] : []),
    ...(onDemandFallback ? ['on demand'] : []),
  ];
  return ways.length === 0
    ? []
    : [`Nodes for which there is no spot capacity are launched ${ways.join(', or else ')}.`];
};

const hourly = (price: number | null): string =>
  price === null ? 'unknown' : `${dollars(price)}/h`;

/** As JSON has it: null for what is not known. */
const inDollars = (amount: number | undefined): number | null =>
  amount === undefined ? null : roundPrice(amount);
