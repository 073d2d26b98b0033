import type { Config, RegionConfig } from '../config/config.ts';
import type { WakeWatch } from '../time/wake-watch.ts';
import { findCredentials, fixedCredentials } from './account-credentials.ts';
import { createBatcher } from './batcher.ts';
import type { ApiCallCounter } from './call-counter.ts';
import { cleanUp, findLeftovers } from './clean-up.ts';
import { createClient } from './client.ts';
import type { RegionCloud, RegionScan } from './cloud.ts';
import { consoleOutput } from './console.ts';
import { createContact } from './contact.ts';
import { describeInstances } from './describe.ts';
import { listEnabledRegions } from './enabled-regions.ts';
import { type Ec2Error, toEc2Error } from './errors.ts';
import type { LaunchGround } from './launch.ts';
import { Launches } from './launches.ts';
import { findOnDemandPrices } from './on-demand-prices.ts';
import { makeGround, survey } from './prepare.ts';
import { findSpotPrices } from './prices.ts';
import { createRecent } from './recent.ts';
import { rehearseLaunch } from './rehearse.ts';
import { defaultPatience, type Patience, type RegionScope } from './scope.ts';
import { type Account, createAccount } from './sign-in.ts';
import { type Tagging, tagInstances } from './tag.ts';
import { terminateInstances } from './terminate.ts';
import { createTurns } from './turns.ts';
import { watchInstances } from './watch.ts';

export type RegionCloudOptions = {
  readonly region: string;
  readonly config: Config;
  readonly regionConfig: RegionConfig;
  /** Version of the program: goes into `spot-tui:version` and the user agent. */
  readonly version: string;
  /** Shared by all regions of a command. */
  readonly calls: ApiCallCounter;
  /** Instead of AWS, or of what `AWS_ENDPOINT_URL_EC2` and `AWS_ENDPOINT_URL` say. */
  readonly endpoint?: string;
  /** Shared by all regions of a command; default: one of its own. */
  readonly account?: Account;
  /** Instead of the SDK's own search for credentials, where no account is given. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Hears of failures that stop nothing, such as a poll that was throttled. */
  readonly onTrouble?: (error: Ec2Error) => void;
  /** Hears when EC2 answers again after such a failure. */
  readonly onRecovery?: () => void;
  /** Tells when connections are to be made again. */
  readonly wakes?: WakeWatch;
  /** How long to wait for EC2 where waiting helps. */
  readonly patience?: Partial<Patience>;
  /** Times that a request is sent before its failure counts. */
  readonly maximumAttempts?: number;
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
  const launches = new Launches({ scope, recent, clock: Date.now });
  let ground: LaunchGround | undefined;

  const tagging = createBatcher(batchWindow, (items: readonly Tagging[], signal) =>
    tagInstances(scope, items, signal),
  );
  const terminating = createBatcher(batchWindow, (instanceIds: readonly string[], signal) =>
    terminateInstances(scope, instanceIds, recent.isNew, signal),
  );

  const describe = async (signal: AbortSignal) =>
    recent.merge(await describeInstances(scope, signal));

  const prepare = async (userData: string, signal: AbortSignal): Promise<LaunchGround> => {
    const found = await survey(scope, userData, signal);
    return makeGround(scope, found, userData, signal);
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
        rehearseLaunch(scope, await survey(scope, request.userData, signal), request, signal),
      ),
    tag: (tags, signal) =>
      guard(region, 'tag the instances', signal, async () => {
        const taggings = [...tags].map(([instanceId, set]) => ({ instanceId, tags: set }));
        const errors = await tagging.add(taggings, signal);
        for (const { instanceId, tags: set } of taggings) {
          if (!errors.has(instanceId)) recent.tagged(instanceId, set);
        }
        throwFirst(errors, [...tags.keys()]);
      }),
    watch: (watchOptions) =>
      watchInstances(scope, watchOptions, async (signal) =>
        recent.merge(await describeInstances(impatient(scope), signal)),
      ),
    terminate: (instanceIds, signal) =>
      guard(region, 'terminate the instances', signal, async () => {
        if (instanceIds.length === 0) return;
        const errors = await terminating.add(instanceIds, signal);
        for (const instanceId of instanceIds) {
          if (!errors.has(instanceId)) recent.terminated(instanceId);
        }
        throwFirst(errors, instanceIds);
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
        findSpotPrices(scope, signal, instanceTypes),
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
      guard(region, 'look up on-demand prices', signal, async () =>
        hasPriceList(options, scope)
          ? findOnDemandPrices(
              {
                ...options,
                ...(scope.config.profile === undefined ? {} : { profile: scope.config.profile }),
                onRequest: () => options.calls.add('GetProducts'),
              },
              instanceTypes,
              signal,
            )
          : new Map(),
      ),
    enabledRegions: (signal) =>
      guard(region, 'list the regions', signal, () => listEnabledRegions(scope, signal)),
    close: () => scope.client.destroy(),
  };
};

const createScope = (options: RegionCloudOptions): RegionScope => {
  const { region, config, regionConfig, version, calls, endpoint, wakes } = options;
  const account = options.account ?? ownAccount(options);
  const onTrouble = options.onTrouble ?? (() => undefined);
  const { client, endpoint: lastEndpoint } = createClient({
    region,
    calls,
    version,
    ...(config.profile === undefined ? {} : { profile: config.profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials: account.credentials,
    ...(wakes === undefined ? {} : { wakes }),
    ...(options.maximumAttempts === undefined ? {} : { maximumAttempts: options.maximumAttempts }),
  });
  return {
    client,
    region,
    ...(config.profile === undefined ? {} : { profile: config.profile }),
    config,
    regionConfig,
    version,
    patience: { ...defaultPatience, ...options.patience },
    endpoint: lastEndpoint,
    ...(wakes === undefined ? {} : { wakes }),
    account,
    contact: createContact({
      onTrouble,
      onRecovery: options.onRecovery ?? (() => undefined),
    }),
    onTrouble,
  };
};

/** Who has EC2 elsewhere is not asked for money by AWS, and may not reach its price list. */
const hasPriceList = (
  { endpoint }: Pick<RegionCloudOptions, 'endpoint'>,
  scope: Pick<RegionScope, 'endpoint'>,
): boolean => {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL_PRICING } = process.env;
  if ([endpoint, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_PRICING].some(Boolean)) return true;
  const asked = scope.endpoint();
  return asked === undefined
    ? !AWS_ENDPOINT_URL_EC2
    : /\.amazonaws\.com$|\.api\.aws$/.test(asked.hostname);
};

/** The watch has its own way to wait, which also makes it slower for a while afterwards. */
const impatient = (scope: RegionScope): RegionScope => ({
  ...scope,
  patience: { ...scope.patience, trouble: 0 },
});

const ownAccount = ({ config: { profile }, credentials }: RegionCloudOptions): Account =>
  createAccount({
    credentials:
      credentials === undefined
        ? findCredentials(profile === undefined ? {} : { profile })
        : fixedCredentials(credentials),
    ...(profile === undefined ? {} : { profile }),
    onNews: () => undefined,
  });

/** Nothing but an `Ec2Error` or the signal's reason leaves the layer. */
const guard = async <Value>(
  region: string,
  doing: string,
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<Value> => {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw toEc2Error(error, { region, doing });
  }
};

/** A batch serves several callers: each hears of its own instances. */
const throwFirst = (
  errors: ReadonlyMap<string, Ec2Error>,
  instanceIds: readonly string[],
): void => {
  const failed = instanceIds.filter((instanceId) => errors.has(instanceId));
  const [first] = failed;
  const error = first === undefined ? undefined : errors.get(first);
  if (error !== undefined) throw error;
};
