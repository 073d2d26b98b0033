import { type AccountRegionOptions, openAccountRegion } from './account-region.ts';
import { cleanUp, findLeftovers } from './clean-up.ts';
import type { CleanupAnswer, Instance, RegionCloud, SpotPrice } from './cloud.ts';
import { describeTagged } from './describe.ts';
import { listEnabledRegions } from './enabled-regions.ts';
import { guard } from './guard.ts';
import { askPriceList } from './price-list.ts';
import { findSpotPrices } from './prices.ts';
import { createRecent } from './recent.ts';
import { watchServerTime } from './server-clock.ts';
import { terminateInstances } from './terminate.ts';

/** What all deployments have in a region. */
export type AccountScan = {
  readonly region: string;
  /** In any state; the tag `spot-tui:deployment` says whose. */
  readonly instances: readonly Instance[];
  /** Everything else, in words for people, with the deployment whose tag it carries. */
  readonly resources: readonly AccountResource[];
  /** Why some kinds of resources could not be looked for, in words for people. */
  readonly unseen: readonly string[];
  /** EC2's time; milliseconds since the Unix epoch. */
  readonly now: number;
};

export type AccountResource = {
  readonly name: string;
  readonly deployment: string;
  /** When the deployment may be destroyed in the region; milliseconds since the Unix epoch. */
  readonly expiresAt?: number;
};

/**
 * One region of an account, with what all deployments of spot-tui have there. Nothing without
 * spot-tui's tag is found, and so nothing else can be ended. Every method rejects with an
 * `Ec2Error`.
 */
export type AccountCloud = {
  readonly region: string;
  scan(signal: AbortSignal): Promise<AccountScan>;
  /** Terminates instances that `scan` found; returns why not, as `RegionCloud` does. */
  terminate: RegionCloud['terminate'];
  /** Removes what a deployment has but instances, once it has no instance any more. */
  cleanUp(deployment: string, signal: AbortSignal): Promise<CleanupAnswer>;
  /** Current spot prices of these types, cheapest first. */
  spotPrices(signal: AbortSignal, instanceTypes: readonly string[]): Promise<SpotPrice[]>;
  /** What these types cost on demand: US dollars per hour, by type, as far as that is known. */
  onDemandPrices(
    signal: AbortSignal,
    instanceTypes: readonly string[],
  ): Promise<ReadonlyMap<string, number>>;
  /** Names of all regions that the account can use. */
  enabledRegions(signal: AbortSignal): Promise<string[]>;
  /** Closes the connections that are kept open between requests. */
  close(): void;
};

/** A region of EC2 itself, or of whatever answers at the endpoint, for no deployment or all. */
export const createAccountCloud = (options: AccountRegionOptions): AccountCloud => {
  const { region } = options;
  const scope = openAccountRegion(options);
  const now = watchServerTime(scope.client);
  const recent = createRecent(region);
  const describe = async (deployment: string | undefined, signal: AbortSignal) =>
    recent.merge(await describeTagged(scope, deployment, signal));
  return {
    region,
    scan: (signal) =>
      guard(region, 'look for deployments', signal, async () => {
        const [instances, { found, unseen }] = await Promise.all([
          describe(undefined, signal),
          findLeftovers(scope, undefined, signal),
        ]);
        const resources = found.map(({ name, deployment, expiresAt }) => ({
          name,
          deployment,
          ...(expiresAt === undefined ? {} : { expiresAt }),
        }));
        return { region, instances, resources, unseen, now: now() };
      }),
    terminate: (instanceIds, signal) =>
      guard(region, 'terminate the instances', signal, async () => {
        const errors = await terminateInstances(scope, instanceIds, () => false, signal);
        for (const instanceId of instanceIds) {
          if (!errors.has(instanceId)) recent.terminated(instanceId);
        }
        return errors;
      }),
    cleanUp: (deployment, signal) =>
      guard(region, 'clean up', signal, async () =>
        cleanUp(scope, deployment, await describe(deployment, signal), signal),
      ),
    spotPrices: (signal, instanceTypes) =>
      guard(region, 'look up spot prices', signal, () =>
        findSpotPrices(scope, signal, instanceTypes),
      ),
    onDemandPrices: (signal, instanceTypes) => askPriceList(options, scope, instanceTypes, signal),
    enabledRegions: (signal) =>
      guard(region, 'list the regions', signal, () => listEnabledRegions(scope, signal)),
    close: () => scope.client.destroy(),
  };
};
