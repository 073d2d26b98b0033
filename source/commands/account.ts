import { stateFolders } from '../config/state-folders.ts';
import { type AccountCloud, type AccountScan, createAccountCloud } from '../ec2/account-cloud.ts';
import { findCredentials, fixedCredentials } from '../ec2/account-credentials.ts';
import { createApiCallCounter } from '../ec2/call-counter.ts';
import { createAccount } from '../ec2/sign-in.ts';
import { askSecretly } from './ask-secretly.ts';
import { type CloudNews, newsText, signInNews, troubleNews } from './cloud-news.ts';
import type { Invocation } from './command.ts';
import { findProfile, openSandbox } from './deployment.ts';
import {
  everyRegion,
  isSeen,
  isUnseen,
  type Seen,
  scanRegions,
  type Unseen,
} from './every-region.ts';
import { isInteractive } from './interactivity.ts';
import { version } from './version.ts';

/** What all deployments of an account have, in the regions that could be looked at. */
export type AccountView = {
  readonly seen: readonly Seen<AccountCloud, AccountScan>[];
  readonly unseen: readonly Unseen<AccountCloud>[];
  /** EC2's time; milliseconds since the Unix epoch. */
  readonly now: number;
};

/** The region that is asked which others there are, where nothing names one. */
const firstRegion = 'us-east-1';

/**
 * Looks at every region of the account, or at the one of `--region`. No configuration is needed; the
 * profile is that of `--profile`, else of a configuration that is there, else the environment's.
 * Regions that can't be looked at are named on standard error.
 *
 * @throws Ec2Error when none can be looked at, and ConfigError for a configuration that is there.
 */
export const viewAccount = async (
  invocation: Invocation,
  signal: AbortSignal,
): Promise<AccountView> => {
  const { environment, options, stderr } = invocation;
  const cloudOf = await openAccount(invocation, signal);
  const { AWS_DEFAULT_REGION, AWS_REGION } = environment;
  const first = cloudOf(options.region ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? firstRegion);
  const { clouds, limit } =
    options.region === undefined
      ? await everyRegion({ clouds: [first], cloudOf }, signal)
      : { clouds: [first], limit: undefined };
  if (limit !== undefined) {
    stderr.write(`warning: only ${first.region} is looked at: ${limit.message}\n`);
  }
  const sights = await scanRegions<AccountCloud, AccountScan>(clouds, signal);
  const seen = sights.filter(isSeen);
  const unseen = sights.filter(isUnseen);
  const [failure] = unseen;
  if (seen.length === 0 && failure !== undefined) throw failure.error;
  for (const { error } of unseen) {
    stderr.write(`warning: not looked at: ${error.message}\n  ${error.hint}\n`);
  }
  for (const why of seen.flatMap(({ scan }) => scan.unseen)) stderr.write(`warning: ${why}\n`);
  return { seen, unseen, now: Math.max(...seen.map(({ scan }) => scan.now)) };
};

/** @returns Makes the cloud of a region. */
const openAccount = async (
  invocation: Invocation,
  signal: AbortSignal,
): Promise<(region: string) => AccountCloud> => {
  const { environment, options, stderr } = invocation;
  const tell = (news: CloudNews) => {
    stderr.write(newsText(options, news));
  };
  const sandbox =
    options.sandbox === undefined
      ? undefined
      : await openSandbox(invocation, stateFolders(environment), signal);
  const profile =
    sandbox === undefined
      ? (options.profile ?? (await findProfile(invocation, signal)))
      : undefined;
  const named = profile === undefined ? {} : { profile };
  const account = createAccount({
    credentials:
      sandbox === undefined
        ? findCredentials({
            ...named,
            askMfaCode: async (device) =>
              isInteractive(invocation)
                ? askSecretly(invocation, `Code of ${device}:`, signal)
                : undefined,
          })
        : fixedCredentials(sandbox.credentials),
    ...named,
    onNews: (news) => tell(signInNews(news)),
  });
  const calls = createApiCallCounter();
  return (region) =>
    createAccountCloud({
      region,
      ...named,
      version,
      calls,
      account,
      onTrouble: (error) => tell(troubleNews(error)),
      ...(sandbox === undefined ? {} : { endpoint: sandbox.endpointUrl }),
    });
};
