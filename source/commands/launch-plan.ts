import { formatIssue } from '../config/issue.ts';
import { checkPaths } from '../config/paths.ts';
import { describeAll } from '../fleet/find-nodes.ts';
import { type LaunchPlan, planFleet } from '../fleet/plan.ts';
import { textTable } from '../reporters/text-table.ts';
import type { Invocation } from './command.ts';
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
  const { plan, prices } = await survey(workspace, signal).catch((error: unknown) => {
    if (signal.aborted || !lenient) throw error;
    warnings.push(
      `what already exists could not be looked up, so the plan is for an empty account: ${error instanceof Error ? error.message : String(error)}`,
    );
    return { plan: planFleet(config, []), prices: new Map<string, number>() };
  });
  for (const warning of warnings) stderr.write(`warning: ${warning}\n`);

  const rows = config.regions.map(({ region, instanceTypes, image, spotPriceLimit, storageGb }) => {
    const nodes = plan.launches.find((launch) => launch.region === region)?.nodes ?? [];
    return {
      region,
      instanceTypes,
      image,
      storageGb,
      nodes: nodes.map(({ name }) => name),
      existing: plan.existing.filter((node) => node.region === region).map(({ name }) => name),
      spotPriceLimit: spotPriceLimit ?? null,
      pricePerHour: prices.get(region) ?? null,
    };
  });
  if (options.json) {
    stdout.write(
      `${JSON.stringify({ deployment: config.deployment, totalInstances: config.totalInstances, regions: rows })}\n`,
    );
    return;
  }
  const launching = rows.reduce((sum, { nodes }) => sum + nodes.length, 0);
  stdout.write(
    [
      `Deployment ${config.deployment}: ${config.totalInstances} nodes wanted, ${plan.existing.length} there, ${launching} to launch.`,
      '',
      ...textTable(
        ['REGION', 'LAUNCH', 'THERE', 'TYPES', 'IMAGE', 'DISK', 'PRICE LIMIT', 'SPOT PRICE NOW'],
        rows.map((row) => [
          row.region,
          String(row.nodes.length),
          String(row.existing.length),
          row.instanceTypes.join(', '),
          row.image === 'auto' ? 'Ubuntu 24.04 LTS, latest' : row.image,
          `${row.storageGb} GiB`,
          row.spotPriceLimit === null ? 'on-demand price' : `${dollars(row.spotPriceLimit)}/h`,
          row.pricePerHour === null ? 'unknown' : `${dollars(row.pricePerHour)}/h`,
        ]),
      ),
      '',
      costLine(plan, prices),
      '',
    ].join('\n'),
  );
};

const survey = async ({ clouds, config }: Workspace, signal: AbortSignal) => {
  const plan = planFleet(config, await describeAll(clouds, signal));
  const prices = new Map<string, number>();
  await Promise.all(
    clouds.map(async (cloud) => {
      const [cheapest] = await cloud.spotPrices(signal);
      if (cheapest !== undefined) prices.set(cloud.region, cheapest.price);
    }),
  );
  return { plan, prices };
};

const costLine = ({ launches }: LaunchPlan, prices: ReadonlyMap<string, number>): string => {
  if (launches.length === 0) return 'Nothing to launch: every node is there; `create` checks them.';
  let total = 0;
  for (const { region, nodes } of launches) {
    const price = prices.get(region);
    if (price === undefined) return 'What it costs is unknown: EC2 gave no spot prices.';
    total += price * nodes.length;
  }
  return `The launch costs about ${dollars(total)} an hour at the cheapest spot prices of now, plus storage and traffic.`;
};

const dollars = (amount: number): string => `$${amount.toFixed(amount < 1 ? 4 : 2)}`;
