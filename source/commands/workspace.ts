import type { Config, RegionConfig } from '../config/config.ts';
import { formatIssue } from '../config/issue.ts';
import type { IssueAt } from '../config/load.ts';
import { applyOverrides } from '../config/overrides.ts';
import type { StoredSecret } from '../config/secret-reference.ts';
import { type StateFolders, stateFolders } from '../config/state-folders.ts';
import { findCredentials, fixedCredentials } from '../ec2/account-credentials.ts';
import { type ApiCallCounter, createApiCallCounter } from '../ec2/call-counter.ts';
import { createRegionCloud, type Ec2RegionCloud } from '../ec2/region-cloud.ts';
import { type Account, createAccount } from '../ec2/sign-in.ts';
import { watchSandbox } from '../sandbox/client.ts';
import { type WakeWatch, watchForWakes } from '../time/wake-watch.ts';
import { askSecretly } from './ask-secretly.ts';
import {
  type CloudNews,
  createNewsDesk,
  newsText,
  recoveryNews,
  signInNews,
  troubleNews,
  wakeNews,
} from './cloud-news.ts';
import type { Invocation } from './command.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { isInteractive } from './interactivity.ts';
import { withSandboxPatience } from './sandbox-patience.ts';
import { version } from './version.ts';

/** What a command works with: the configuration and one cloud for each of its regions. */
export type Workspace = {
  readonly config: Config;
  readonly issueAt: IssueAt | undefined;
  readonly folders: StateFolders;
  readonly clouds: readonly Ec2RegionCloud[];
  /** A cloud for a region that the configuration does not name. */
  readonly cloudOf: (region: string) => Ec2RegionCloud;
  /**
   * Asks AWS for the text of a secret.
   *
   * @throws Ec2Error
   */
  readonly readSecret: (secret: StoredSecret, signal: AbortSignal) => Promise<string>;
  readonly calls: ApiCallCounter;
  /** Hears of EC2 what stops nothing, such as a poll that was throttled; else stderr does. */
  readonly onNews: (listener: (news: CloudNews) => void) => void;
  /** Tells of sleeps, in which connections break unnoticed. */
  readonly wakes: WakeWatch;
  /** From now on the terminal is taken, and nobody can be asked for a code any more. */
  readonly askNoMore: () => void;
  /**
   * Milliseconds since the Unix epoch by EC2's clock, for what is compared with the times of
   * launches: this machine's may be wrong.
   */
  readonly ec2Clock: () => number;
  /** Whether it is the embedded cloud that is worked on. */
  readonly isSandbox: boolean;
};

/**
 * Reads the configuration, applies the flags to it, starts the sandbox where that is asked for, and
 * prints the configuration's warnings. Touches no network beyond that.
 *
 * @param end Called where the sandbox ends before the call does: nothing comes back then.
 * @throws ConfigError, UsageError, or a SandboxError.
 */
export const openWorkspace = async (
  invocation: Invocation,
  signal: AbortSignal,
  end?: (reason: Error) => void,
): Promise<Workspace> => {
  const { environment, options, stderr } = invocation;
  const folders = stateFolders(environment);
  const deployment = await findDeployment(invocation, folders, signal);
  if (deployment.sandbox !== undefined && end !== undefined) {
    watchSandbox(deployment.sandbox, signal, end);
  }
  for (const warning of deployment.warnings) {
    stderr.write(`warning: ${formatIssue(warning)}\n`);
  }
  const wanted = applyOverrides(deployment.config, {
    ...(options.count === undefined ? {} : { count: options.count }),
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.maxPrice === undefined ? {} : { maxPrice: options.maxPrice }),
  });
  const config = deployment.sandbox === undefined ? wanted : withSandboxPatience(wanted);
  const calls = createApiCallCounter();
  const news = createNewsDesk((each) => {
    stderr.write(newsText(options, each));
  });
  const wakes = watchForWakes();
  wakes.onWake((milliseconds) => wakeNews(milliseconds).forEach(news.tell));
  let mayAsk = isInteractive(invocation);
  const account = accountOf(deployment, config, {
    onNews: (each) => news.tell(signInNews(each)),
    askMfaCode: async (device) =>
      mayAsk ? askSecretly(invocation, `Code of ${device}:`, signal) : undefined,
  });
  const createCloud = (regionConfig: RegionConfig): Ec2RegionCloud =>
    createRegionCloud({
      region: regionConfig.region,
      config,
      regionConfig,
      calls,
      version,
      account,
      wakes,
      onTrouble: (error) => news.tell(troubleNews(error)),
      onRecovery: () => news.tell(recoveryNews(regionConfig.region)),
      ...endpointOf(deployment),
    });
  const clouds = config.regions.map(createCloud);
  const cloudOf = (region: string): Ec2RegionCloud =>
    createCloud({ region, instanceTypes: [], image: 'auto', storageGb: 0, tags: {} });
  return {
    config,
    issueAt: deployment.issueAt,
    folders,
    calls,
    onNews: news.listen,
    wakes,
    askNoMore: () => {
      mayAsk = false;
    },
    clouds,
    ec2Clock: () => clockOf(clouds),
    cloudOf,
    readSecret: (secret, within) =>
      (clouds.find(({ region }) => region === secret.region) ?? cloudOf(secret.region)).readSecret(
        secret,
        within,
      ),
    isSandbox: deployment.sandbox !== undefined,
  };
};

/** EC2's time. Only regions that have refused this machine's know that it is wrong. */
const clockOf = (clouds: readonly Ec2RegionCloud[]): number => {
  const own = Date.now();
  const distance = (time: number) => Math.abs(time - own);
  const times = clouds.map((cloud) => cloud.now());
  return times.reduce(
    (furthest, time) => (distance(time) > distance(furthest) ? time : furthest),
    own,
  );
};

const endpointOf = ({ sandbox }: Deployment) =>
  sandbox === undefined ? {} : { endpoint: sandbox.endpointUrl, credentials: sandbox.credentials };

const accountOf = (
  { sandbox }: Deployment,
  { profile }: Config,
  {
    askMfaCode,
    onNews,
  }: Pick<Parameters<typeof createAccount>[0], 'onNews'> &
    Required<Pick<Parameters<typeof findCredentials>[0], 'askMfaCode'>>,
): Account => {
  const named = profile === undefined ? {} : { profile };
  return createAccount({
    credentials:
      sandbox === undefined
        ? findCredentials({ ...named, askMfaCode })
        : fixedCredentials(sandbox.credentials),
    ...named,
    onNews,
  });
};
