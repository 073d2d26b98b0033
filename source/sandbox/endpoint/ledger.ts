import type { Fault } from '../fault.ts';
import type { Clock } from './clock.ts';

/** Something that changed the cloud, in the order in which it happened. */
export type LedgerEntry = { readonly time: number } & (
  | {
      readonly type: 'call';
      readonly action: string;
      readonly region: string;
      readonly accessKeyId: string;
      readonly userAgent: string;
      /** `ok`, or EC2's code of the refusal. */
      readonly outcome: string;
    }
  | {
      readonly type: 'launched';
      readonly instanceId: string;
      readonly region: string;
      readonly zone: string;
      readonly instanceType: string;
      readonly lifecycle: 'spot' | 'on-demand';
      /** The action that launched it. */
      readonly action: string;
      readonly accessKeyId: string;
      readonly fleetId?: string;
    }
  | {
      readonly type: 'state';
      readonly instanceId: string;
      readonly region: string;
      readonly state: string;
      /** EC2's code for why, where there is one. */
      readonly reason?: string;
    }
  | { readonly type: 'fault'; readonly fault: Fault }
  /** Something that should not happen: a machine did not do what it was told, or a defect. */
  | { readonly type: 'trouble'; readonly instanceId?: string; readonly message: string }
);

type Untimed<Entry> = Entry extends unknown ? Omit<Entry, 'time'> : never;

/** How often an action was called in a region. */
export type CallCount = {
  readonly action: string;
  readonly region: string;
  readonly count: number;
  /** Calls by `ok` or EC2's code of the refusal. */
  readonly outcomes: Readonly<Record<string, number>>;
};

/**
 * What happened in the cloud, for whoever wants to check it from outside. Grows and never
 * changes. Calls that only look are counted; calls that change something have an entry as well.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #entries: LedgerEntry[] = [];
  readonly #counts = new Map<
    string,
    { action: string; region: string; outcomes: Map<string, number> }
  >();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(entry: Untimed<LedgerEntry>): void {
    this.#entries.push({ time: this.#clock.now(), ...entry });
  }

  /** Counts a call, and records it if it can change anything. */
  addCall(call: Omit<Extract<LedgerEntry, { type: 'call' }>, 'time' | 'type'>): void {
    const key = `${call.action} ${call.region}`;
    const counted = this.#counts.get(key) ?? {
      action: call.action,
      region: call.region,
      outcomes: new Map<string, number>(),
    };
    counted.outcomes.set(call.outcome, (counted.outcomes.get(call.outcome) ?? 0) + 1);
    this.#counts.set(key, counted);
    if (!/^(Describe|Get)/.test(call.action)) this.add({ type: 'call', ...call });
  }

  entries(): readonly LedgerEntry[] {
    return [...this.#entries];
  }

  calls(): CallCount[] {
    return [...this.#counts.values()].map(({ action, region, outcomes }) => ({
      action,
      region,
      count: [...outcomes.values()].reduce((sum, count) => sum + count, 0),
      outcomes: Object.fromEntries(outcomes),
    }));
  }

  /** Calls of an action, in one region or in all. */
  callCount(action: string, region?: string): number {
    return this.calls()
      .filter((call) => call.action === action && (region === undefined || call.region === region))
      .reduce((sum, call) => sum + call.count, 0);
  }
}
