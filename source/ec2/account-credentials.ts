import { type DefaultProviderInit, defaultProvider } from '@aws-sdk/credential-provider-node';
import { CredentialsMissingError, describeMissing } from './credentials-missing.ts';

type Search = ReturnType<typeof defaultProvider>;

/** What requests are signed with. */
export type Credentials = Awaited<ReturnType<Search>>;

/** Who asks: the SDK's client, whose region a role is assumed in. */
export type Caller = Parameters<Search>[0];

export type CredentialSearch = {
  readonly profile?: string;
  /**
   * Asks for a code of the device that is named by its serial number or ARN; undefined where nobody
   * can be asked.
   */
  readonly askMfaCode?: (device: string) => Promise<string | undefined>;
};

/** The credentials of an account: one search for all regions of a command. */
export type AccountCredentials = {
  /** Where they come from, as far as is known, in the SDK's letters of `AwsSdkCredentialsFeatures`. */
  readonly source: readonly string[];
  /** Whether something outside of this process may replace them. */
  readonly isRenewable: boolean;
  /** For the SDK's clients: what is known, renewed before it expires. */
  provide(caller?: Caller): Promise<Credentials>;
  /**
   * Searches again, in files as they are now.
   *
   * @returns Whether there are others than before.
   * @throws What the SDK throws where there are none.
   */
  renew(): Promise<boolean>;
};

/** Milliseconds before their end in which credentials are renewed, and between attempts at that. */
const times = { early: 300_000, retry: 60_000 } as const;

/** Credentials that are given and stay. */
export const fixedCredentials = (credentials: Credentials): AccountCredentials => ({
  source: [],
  isRenewable: true,
  provide: () => Promise.resolve(credentials),
  renew: () => Promise.resolve(false),
});

/** Credentials where the SDK finds them: environment, profiles, SSO, processes, metadata. */
export const findCredentials = (search: CredentialSearch): AccountCredentials => {
  let current: Credentials | undefined;
  let pending: Promise<Credentials> | undefined;
  let searchedAt = Number.NEGATIVE_INFINITY;
  let lastCaller: Caller;

  const searchNow = async (): Promise<Credentials> => {
    searchedAt = performance.now();
    // The SDK keeps files that it has read for as long as the process lives.
    const init: DefaultProviderInit = {
      ignoreCache: true,
      ...(search.profile === undefined ? {} : { profile: search.profile }),
      mfaCodeProvider: async (device) => {
        const code = await search.askMfaCode?.(device);
        if (code !== undefined) return code;
        const message = `the role wants a code of the MFA device ${device}, and nobody can be asked for it`;
        throw new CredentialsMissingError(message, []);
      },
    };
    try {
      current = await defaultProvider(init)(lastCaller);
      return current;
    } catch (error) {
      throw await describeMissing(error, search.profile);
    }
  };
  const find = (): Promise<Credentials> => {
    pending ??= searchNow().finally(() => {
      pending = undefined;
    });
    return pending;
  };

  return {
    get source() {
      return sourceOf(current);
    },
    get isRenewable() {
      return !sourceOf(current).includes(environmentVariables);
    },
    async provide(caller) {
      lastCaller ??= caller;
      if (current === undefined) return find();
      const left = timeLeft(current);
      if (left > times.early || performance.now() - searchedAt < times.retry) return current;
      try {
        return await find();
      } catch (error) {
        // They are good to their last minute, whatever has become of the session behind them.
        if (left > 0) return current;
        throw error;
      }
    },
    async renew() {
      const before = current;
      return !isSame(before, await find());
    },
  };
};

const timeLeft = ({ expiration }: Credentials): number =>
  expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - Date.now();

const isSame = (before: Credentials | undefined, now: Credentials): boolean =>
  before?.accessKeyId === now.accessKeyId &&
  before.secretAccessKey === now.secretAccessKey &&
  before.sessionToken === now.sessionToken;

const environmentVariables = 'g';

/** The SDK notes on credentials where they come from, for the user agent. */
const sourceOf = (credentials: Credentials | undefined): readonly string[] => {
  if (credentials === undefined || !('$source' in credentials)) return [];
  const { $source: source }: { $source: unknown } = credentials;
  return typeof source === 'object' && source !== null ? Object.values(source).map(String) : [];
};
