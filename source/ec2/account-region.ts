import type { WakeWatch } from '../time/wake-watch.ts';
import { findCredentials, fixedCredentials } from './account-credentials.ts';
import type { ApiCallCounter } from './call-counter.ts';
import { createClient } from './client.ts';
import { createContact } from './contact.ts';
import type { Ec2Error } from './errors.ts';
import { type AccountRegion, defaultPatience, type Patience } from './scope.ts';
import { type Account, createAccount } from './sign-in.ts';

export type AccountRegionOptions = {
  readonly region: string;
  /** The AWS profile that the credentials come from, where one is named. */
  readonly profile?: string;
  /** Version of the program: goes into the user agent. */
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

/** The way to one region of an account, whatever is done there. Contacts nothing yet. */
export const openAccountRegion = (options: AccountRegionOptions): AccountRegion => {
  const { calls, endpoint, maximumAttempts, profile, region, version, wakes } = options;
  const account = options.account ?? ownAccount(options);
  const onTrouble = options.onTrouble ?? (() => undefined);
  const named = profile === undefined ? {} : { profile };
  const { client, endpoint: lastEndpoint } = createClient({
    region,
    calls,
    version,
    ...named,
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials: account.credentials,
    ...(wakes === undefined ? {} : { wakes }),
    ...(maximumAttempts === undefined ? {} : { maximumAttempts }),
  });
  return {
    client,
    region,
    ...named,
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

const ownAccount = ({ profile, credentials }: AccountRegionOptions): Account => {
  const named = profile === undefined ? {} : { profile };
  return createAccount({
    credentials: credentials === undefined ? findCredentials(named) : fixedCredentials(credentials),
    ...named,
    onNews: () => undefined,
  });
};
