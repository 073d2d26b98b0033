/** What a look at a node came to. */
export type Look =
  | { readonly type: 'well' }
  /** Nothing fails, but something has not run for long yet, or is being changed. */
  | { readonly type: 'settling' }
  /**
   * @param cause Name of the check that explains the others.
   * @param mayPass Whether time alone may help.
   */
  | { readonly type: 'failing'; readonly cause: string; readonly mayPass: boolean }
  /** It could not be looked at. */
  | { readonly type: 'unseen' };

/** What is held of a node's health after all looks so far. */
export type Verdict = {
  /** Why it is degraded, or failed before; absent for one that is well. */
  readonly cause?: string;
  /** What was seen last if that speaks against the verdict, and since when; milliseconds. */
  readonly doubt?: Doubt;
};

type Doubt = {
  readonly type: 'failing' | 'unseen';
  readonly cause: string;
  readonly since: number;
  readonly looks: number;
};

export type Judgement = {
  readonly verdict: Verdict;
  /** What has become of the node with this look. */
  readonly change?: 'degraded' | 'recovered';
  /** Milliseconds until it should be looked at again. */
  readonly next: number;
};

/** The cause of what can't be seen. */
export const unreachable = 'ssh';

/**
 * Milliseconds that what may pass by itself gets: a unit with `RestartSec=10` is back before they
 * are over.
 */
const patience = 15_000;

/** Looks within that time. */
const looksInDoubt = 3;

/** Intervals for which a node may be out of reach: long enough for a reboot with the default. */
const unseenIntervals = 2;

/**
 * Judges a look; pure. One look alone never degrades a node, so that neither a service that restarts
 * nor a connection that breaks is a flap: a failure has to be seen twice, one that time may mend for
 * some seconds, and silence for a while. Being well is believed at once.
 *
 * @param now Milliseconds, by any clock that does not go back.
 * @param interval Milliseconds between two looks at a node that is well.
 */
export const judge = (
  verdict: Verdict,
  look: Look,
  { interval, now }: { readonly interval: number; readonly now: number },
): Judgement => {
  const soon = Math.min(interval, patience / looksInDoubt);
  switch (look.type) {
    case 'well':
      return {
        verdict: {},
        next: interval,
        ...(verdict.cause === undefined ? {} : { change: 'recovered' as const }),
      };
    case 'settling':
      return { verdict, next: soon };
    case 'failing':
    case 'unseen': {
      const cause = look.type === 'unseen' ? unreachable : look.cause;
      const doubt = deepened(verdict, { type: look.type, cause }, now);
      const isNew = verdict.cause !== cause;
      if (!isNew || !isConfirmed(doubt, look, now, interval)) {
        return {
          verdict: { ...verdict, doubt },
          next: isNew ? soon : Math.max(soon, interval / 2),
        };
      }
      return { verdict: { cause, doubt }, change: 'degraded', next: Math.max(soon, interval / 2) };
    }
    default:
      return look satisfies never;
  }
};

/** What else fails on a degraded node may be on its way to be well: it gets a time of its own. */
const deepened = (
  { cause: known, doubt }: Verdict,
  { cause, type }: Pick<Doubt, 'cause' | 'type'>,
  now: number,
): Doubt =>
  doubt?.type === type && (known === undefined || doubt.cause === cause)
    ? { ...doubt, cause, looks: doubt.looks + 1 }
    : { type, cause, since: now, looks: 1 };

const isConfirmed = (
  { looks, since }: Doubt,
  look: Extract<Look, { type: Doubt['type'] }>,
  now: number,
  interval: number,
): boolean => {
  if (looks < 2) return false;
  const needed =
    look.type === 'unseen'
      ? unseenIntervals * interval
      : look.mayPass
        ? Math.min(interval, patience)
        : 0;
  return now - since >= needed;
};
