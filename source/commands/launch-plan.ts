import type { Config } from '../config/config.ts';
import { formatIssue } from '../config/issue.ts';
import { checkPaths } from '../config/paths.ts';
import { describeAll } from '../fleet/find-nodes.ts';
import { roundPrice } from '../fleet/instance-prices.ts';
import { type LaunchPlan, planFleet } from '../fleet/plan.ts';
import { dollars } from '../reporters/dollars.ts';
import { textTable } from '../reporters/text-table.ts';
import type { Invocation } from './command.ts';
import {
  costOfLaunch,
  findCosts,
  type LaunchCost,
  limitWarnings,
  type PlanCosts,
  saving,
} from './plan-costs.ts';
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
  stdout.write(
    [
      `Deployment ${config.deployment}: ${config.totalInstances} nodes wanted, ${plan.existing.length} there, ${launching} to launch.`,
      '',
      ...textTable(
        ['REGION', 'LAUNCH', 'THERE', 'TYPES', 'IMAGE', 'DISK', 'PRICE LIMIT', ...priceTitles],
        rows.map((row) => [
          row.region,
          String(row.nodes.length),
          String(row.existing.length),
          row.instanceTypes.join(', '),
          row.image === 'auto' ? 'Ubuntu 24.04 LTS' : row.image,
          `${row.storageGb} GiB`,
          row.spotPriceLimit === null ? 'on-demand price' : `${dollars(row.spotPriceLimit)}/h`,
          hourly(row.pricePerHour),
          hourly(row.onDemandPricePerHour),
          hourly(row.costPerHour),
        ]),
      ),
      '',
      costLine(plan, cost),
      ...placementLine(config),
      '',
    ].join('\n'),
  );
};

const priceTitles = ['SPOT NOW', 'ON DEMAND', 'COST'] as const;

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
