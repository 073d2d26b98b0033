import type { Config, RegionConfig } from '../config/config.ts';
import type { StoredSecret } from '../config/secret-reference.ts';
import { type AccountRegionOptions, openAccountRegion } from './account-region.ts';
import { createBatcher } from './batcher.ts';
import { cleanUp, findLeftovers } from './clean-up.ts';
import type { RegionCloud, RegionScan } from './cloud.ts';
import { consoleOutput } from './console.ts';
import { describeInstances } from './describe.ts';
import { listEnabledRegions } from './enabled-regions.ts';
import { type Ec2Error, throwFirst } from './errors.ts';
import { expiryTag } from './expiry.ts';
import { guard } from './guard.ts';
import type { LaunchGround } from './launch.ts';
import { Launches } from './launches.ts';
import { makeGround, survey } from './prepare.ts';
import { askPriceList } from './price-list.ts';
import { findSpotPrices } from './prices.ts';
import { createRecent } from './recent.ts';
import { rehearseLaunch } from './rehearse.ts';
import type { RegionScope } from './scope.ts';
import { readStoredSecret } from './stored-secret.ts';
import { type Tagging, tagInstances } from './tag.ts';
import { terminateInstances } from './terminate.ts';
import { createTurns } from './turns.ts';
import { watchInstances } from './watch.ts';

export type RegionCloudOptions = Omit<AccountRegionOptions, 'profile'> & {
  readonly config: Config;
  readonly regionConfig: RegionConfig;
};

/** A region of EC2. */
export type Ec2RegionCloud = RegionCloud & {
  /** Names of all regions that the account can use. */
  enabledRegions(signal: AbortSignal): Promise<string[]>;
  /**
   * Looks for everything that carries the deployment's tag, whoever made it and when: what
   * `terminate` and `cleanUp` have to do, and afterwards the proof that they did.
   */
  scan(signal: AbortSignal): Promise<RegionScan>;
  /** The text of a secret that AWS keeps in the region. */
  readSecret(secret: StoredSecret, signal: AbortSignal): Promise<string>;
  /** Closes the connections that are kept open between requests. */
  close(): void;
};

/** Milliseconds in which calls for single instances are collected into one request. */
const batchWindow = 25;

/** The region of EC2 itself, or of whatever answers at the endpoint, for one deployment. */
export const createRegionCloud = (options: RegionCloudOptions): Ec2RegionCloud => {
  const { region } = options;
  const scope = createScope(options);
  const recent = createRecent(region);
  const takeTurns = createTurns();
  // As far as the SDK knows it.
  const clock = () => Date.now() + scope.client.config.systemClockOffset;
  const launches = new Launches({ scope, recent, clock });
  let ground: LaunchGround | undefined;

  const tagging = createBatcher(batchWindow, (items: readonly Tagging[], signal) =>
    tagInstances(scope, items, signal),
  );
  const terminating = createBatcher(batchWindow, (instanceIds: readonly string[], signal) =>
    terminateInstances(scope, instanceIds, recent.isNew, signal),
  );

  const describe = async (signal: AbortSignal) =>
    recent.merge(await describeInstances(scope, signal));

  /**
   * Before anything is launched: a crash right after the launch leaves instances without a time of
   * their own.
   */
  const noteExpiry = async (
    { template }: Pick<LaunchGround, 'template'>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { timeToLive } = scope.config;
    if (timeToLive === undefined) return;
    const tags = expiryTag(timeToLive, clock());
    const errors = await tagInstances(scope, [{ instanceId: template.templateId, tags }], signal);
    for (const error of errors.values()) scope.onTrouble(error);
  };

  const prepare = async (userData: string, signal: AbortSignal): Promise<LaunchGround> => {
    const found = await survey(scope, userData, signal);
    const made = await makeGround(scope, found, userData, signal);
    await noteExpiry(made, signal);
    return made;
  };

  return {
    region,
    describe: (signal) => guard(region, 'list the instances', signal, () => describe(signal)),
    prepare: ({ userData }, signal) =>
      guard(region, 'prepare the launch', signal, () =>
        takeTurns(signal, async () => {
          ground = await prepare(userData, signal);
        }),
      ),
    settle: (signal, settling) =>
      guard(region, 'list the instances', signal, () => launches.settle(signal, settling)),
    launch: (request, signal) =>
      guard(region, 'launch instances', signal, () =>
        // Two at a time would launch under one number.
        takeTurns(signal, async () => {
          ground ??= await prepare(request.userData, signal);
          return launches.launch(ground, request, signal);
        }),
      ),
    concludeLaunch: (answer, signal) =>
      guard(region, 'note the launch', signal, () => launches.concludeLaunch(answer, signal)),
    openLaunch: (signal) =>
      guard(region, 'look up the latest launch', signal, () => launches.openLaunch(signal)),
    rehearse: (request, signal) =>
      guard(region, 'rehearse the launch', signal, async () =>
        rehearseLaunch(
          scope,
          await survey(scope, request.userData, signal),
          await describe(signal),
          request,
          signal,
        ),
      ),
    tag: (tags, signal) =>
      guard(region, 'tag the instances', signal, async () => {
        const taggings = [...tags].map(([instanceId, set]) => ({ instanceId, tags: set }));
        const errors = errorsOf([...tags.keys()], await tagging.add(taggings, signal));
        for (const { instanceId, tags: set } of taggings) {
          if (!errors.has(instanceId)) recent.tagged(instanceId, set);
        }
        throwFirst(errors.values());
      }),
    watch: (watchOptions) =>
      watchInstances(scope, watchOptions, async (signal) =>
        recent.merge(await describeInstances(impatient(scope), signal)),
      ),
    terminate: (instanceIds, signal) =>
      guard(region, 'terminate the instances', signal, async () => {
        if (instanceIds.length === 0) return new Map();
        const errors = errorsOf(instanceIds, await terminating.add(instanceIds, signal));
        for (const instanceId of instanceIds) {
          if (!errors.has(instanceId)) recent.terminated(instanceId);
        }
        return errors;
      }),
    cleanUp: (signal) =>
      guard(region, 'clean up', signal, async () =>
        cleanUp(scope, scope.config.deployment, await describe(signal), signal),
      ),
    consoleOutput: (instanceId, signal) =>
      guard(region, `read the console of ${instanceId}`, signal, () =>
        consoleOutput(scope, instanceId, signal),
      ),
    spotPrices: (signal, instanceTypes) =>
      guard(region, 'look up spot prices', signal, () =>
        findSpotPrices(scope, signal, instanceTypes ?? scope.regionConfig.instanceTypes),
      ),
    scan: (signal) =>
      guard(region, 'look for what is left', signal, async () => {
        const [instances, { found, unseen }] = await Promise.all([
          describe(signal),
          findLeftovers(scope, scope.config.deployment, signal),
        ]);
        return { region, instances, resources: found.map(({ name }) => name), unseen };
      }),
    onDemandPrices: (signal, instanceTypes = options.regionConfig.instanceTypes) =>
      askPriceList(options, scope, instanceTypes, signal),
    readSecret: (secret, signal) => readStoredSecret(options, scope, secret, signal),
    enabledRegions: (signal) =>
      guard(region, 'list the regions', signal, () => listEnabledRegions(scope, signal)),
    now: clock,
    trouble: () => scope.account.trouble ?? scope.contact.trouble,
    close: () => scope.client.destroy(),
  };
};

const createScope = (options: RegionCloudOptions): RegionScope => {
  const { config, regionConfig, version } = options;
  const { profile } = config;
  const region = openAccountRegion({ ...options, ...(profile === undefined ? {} : { profile }) });
  return { ...region, config, regionConfig, version };
};

/** The watch has its own way to wait, which also makes it slower for a while afterwards. */
const impatient = (scope: RegionScope): RegionScope => ({
  ...scope,
  patience: { ...scope.patience, trouble: 0 },
});

/** A batch serves several callers: each hears of its own instances. */
const errorsOf = (
  instanceIds: readonly string[],
  errors: ReadonlyMap<string, Ec2Error>,
): ReadonlyMap<string, Ec2Error> =>
  new Map(
    instanceIds.flatMap((instanceId) => {
      const error = errors.get(instanceId);
      return error === undefined ? [] : [[instanceId, error] as const];
    }),
  );
