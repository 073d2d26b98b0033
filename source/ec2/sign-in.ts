import { pause } from './abortable.ts';
import type { AccountCredentials } from './account-credentials.ts';
import type { CloudTrouble } from './cloud.ts';
import { Ec2Error, toEc2Error } from './errors.ts';
import { createSharedWait } from './shared-wait.ts';
import { signInHint } from './sign-in-hint.ts';

/** What there is to tell of credentials while a command runs. */
export type SignInNews =
  | {
      readonly type: 'refused';
      /** Why, in one line. */
      readonly reason: string;
      /** What to do, in one line. */
      readonly hint: string;
    }
  | { readonly type: 'accepted' };

/** The account that a command works with: its credentials, and whether EC2 takes them. */
export type Account = {
  readonly credentials: AccountCredentials;
  /** Counts renewals: what was refused before the last one is simply asked again. */
  readonly round: number;
  /** Why credentials are waited for. */
  readonly trouble: CloudTrouble | undefined;
  /** Whether EC2 ever took the credentials, in whatever region. */
  readonly wereGood: boolean;
  /** EC2 took the credentials. */
  accepted(): void;
  /**
   * EC2 refused credentials that it took before, or there are none any more. Resolves when it is
   * worth asking again: there are new ones, or a while has passed.
   *
   * @throws The error where nothing can be done about it from outside, and the signal's reason.
   */
  refused(error: Ec2Error, round: number, signal: AbortSignal): Promise<void>;
};

export type AccountOptions = {
  readonly credentials: AccountCredentials;
  readonly profile?: string;
  readonly onNews: (news: SignInNews) => void;
  /** Milliseconds between looks for new credentials; default 3 s to 15 s. */
  readonly pauses?: { readonly first: number; readonly longest: number };
};

/** Looks for new credentials after which the old ones are tried once more. */
const looksBeforeRetry = 2;

export const createAccount = (options: AccountOptions): Account => {
  const { credentials, onNews, profile } = options;
  const { first, longest } = options.pauses ?? { first: 3_000, longest: 15_000 };
  let round = 0;
  let wereGood = false;
  let trouble: CloudTrouble | undefined;
  const search = createSharedWait();

  const renew = async (error: Ec2Error): Promise<boolean | Ec2Error> => {
    try {
      return await credentials.renew();
    } catch (failure) {
      const doing = 'renew the credentials';
      return toEc2Error(failure, {
        region: error.region ?? '',
        doing,
        ...(profile === undefined ? {} : { profile }),
      });
    }
  };

  const tell = (error: Ec2Error, found: boolean | Ec2Error): void => {
    if (trouble !== undefined) return;
    const code = error.code === undefined ? '' : ` (${error.code})`;
    trouble = {
      message:
        found instanceof Ec2Error ? found.message : `EC2 no longer takes the credentials${code}`,
      hint:
        found instanceof Ec2Error
          ? found.hint
          : signInHint({ message: '', profile, settings: [], source: credentials.source }),
    };
    onNews({ type: 'refused', reason: trouble.message, hint: trouble.hint });
  };

  /** Looks until there is something to ask EC2 with. */
  const look = async (error: Ec2Error, signal: AbortSignal): Promise<void> => {
    for (let looks = 0; ; looks += 1) {
      const found = await renew(error);
      if (found === true) break;
      tell(error, found);
      // What has nothing to do with them, such as a clock, may have been mended as well.
      if (found === false && looks > 0 && looks % looksBeforeRetry === 0) break;
      await pause(Math.min(first * 1.5 ** looks, longest), signal);
    }
    round += 1;
  };

  return {
    credentials,
    get round() {
      return round;
    },
    get trouble() {
      return trouble;
    },
    get wereGood() {
      return wereGood;
    },
    accepted() {
      wereGood = true;
      if (trouble === undefined || search.isRunning) return;
      trouble = undefined;
      onNews({ type: 'accepted' });
    },
    async refused(error, refusedIn, signal) {
      if (refusedIn !== round) return;
      if (!credentials.isRenewable) throw error;
      await search.join((until) => look(error, until), signal);
    },
  };
};
