import type { Instance } from '../../ec2/cloud.ts';
import { Ec2Error, isPassing } from '../../ec2/errors.ts';
import type { Admission } from '../../ssh/admission.ts';
import type { HostKey } from '../../ssh/connection.ts';
import { backOff, DeadlineExceededError, formatSeconds, withDeadline } from '../deadline.ts';
import {
  type ConsoleEvidence,
  type ConsoleFingerprint,
  isCut,
  readConsole,
} from './console-fingerprints.ts';

/** What a console says of a key. */
export type ConsoleVerdict =
  | { readonly type: 'listed' }
  /** It lists keys, and not this one. */
  | { readonly type: 'others'; readonly listed: readonly ConsoleFingerprint[] }
  /** It says nothing of keys, or can't be read; `hint` where EC2 has one. */
  | { readonly type: 'silent'; readonly reason: string; readonly hint?: string };

export type ConsoleWatchOptions = {
  readonly instance: Pick<Instance, 'instanceId' | 'launchedAt'>;
  /** The console's text, newest last; empty while there is none. */
  readonly read: (instanceId: string, signal: AbortSignal) => Promise<string>;
  /** Bounds the calls that are under way; shared by the watches of a region. */
  readonly admission: Admission;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
};

export type ConsolePatience = {
  /** Milliseconds between looks at a console that shows nothing. */
  readonly patience: number;
  /** Whether the time does not count in which EC2 does not let itself be asked, as when it throttles. */
  readonly endures: boolean;
};

/** Milliseconds after its launch in which a machine has booted, and EC2 shows what it said of it. */
const bootTime = 15 * 60_000;

/** Milliseconds between calls while a console is waited for: the first pause, and the longest. */
const pace = { base: 500, maximum: 4_000 };

const nothing: ConsoleEvidence = { fingerprints: [], isComplete: false };

/** The console of one instance: one call at a time, however many connections wait for it. */
export class ConsoleWatch {
  readonly #options: ConsoleWatchOptions;
  #evidence = nothing;
  #looking: Promise<void> | undefined;
  /** Why the last look failed. */
  #trouble: Error | undefined;

  constructor(options: ConsoleWatchOptions) {
    this.#options = options;
  }

  /** Whether it may yet tell what it has not told so far. */
  get isBooting(): boolean {
    return !this.#hasBooted();
  }

  /** Looks ahead of the question, so that the answer costs no time; fails in silence. */
  prefetch(signal: AbortSignal): void {
    if (this.#evidence.isComplete) return;
    // Whoever asks looks again, and hears why it fails.
    this.#look(signal).catch(() => undefined);
  }

  /**
   * Waits until the console tells of the key, unless the machine has booted long ago.
   *
   * @throws the signal's reason once that aborts.
   */
  async judge(
    offered: HostKey,
    { endures, patience }: ConsolePatience,
    signal: AbortSignal,
  ): Promise<ConsoleVerdict> {
    if (endures) return this.#await(offered, patience, signal);
    try {
      return await withDeadline(patience, signal, (bounded) =>
        this.#await(offered, patience, bounded),
      );
    } catch (error) {
      if (!(error instanceof DeadlineExceededError)) throw error;
      return this.#hasShownNothingFor(patience);
    }
  }

  async #await(offered: HostKey, patience: number, signal: AbortSignal): Promise<ConsoleVerdict> {
    let left = patience;
    for (let count = 1; left > 0; count += 1) {
      if (!this.#evidence.isComplete) await this.#look(signal);
      const verdict = this.#verdict(offered);
      if (verdict !== undefined) return verdict;
      const begun = performance.now();
      await backOff(count, signal, pace);
      // A pause that took longer is one in which the program did not run.
      if (this.#trouble === undefined) left -= Math.min(performance.now() - begun, pace.maximum);
    }
    return this.#hasShownNothingFor(patience);
  }

  #hasShownNothingFor(patience: number): ConsoleVerdict {
    return this.#silent(`its console has shown no host keys for ${formatSeconds(patience)}`);
  }

  /** Never rejects but with the signal's reason. */
  async #look(signal: AbortSignal): Promise<void> {
    this.#looking ??= this.#read(signal).finally(() => {
      this.#looking = undefined;
    });
    try {
      await this.#looking;
      this.#trouble = undefined;
    } catch (error) {
      signal.throwIfAborted();
      // A look that somebody else began and gave up tells nothing.
      if (error instanceof Ec2Error) this.#trouble = error;
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { admission, instance, read } = this.#options;
    const leave = await admission.enter(signal);
    try {
      const text = await read(instance.instanceId, signal);
      // What a full console shows of a machine that has run for long need not be from its boot.
      this.#evidence =
        this.#hasBooted() && isCut(text) ? { ...nothing, isComplete: true } : readConsole(text);
    } finally {
      leave();
    }
  }

  #verdict({ fingerprint, type }: HostKey): ConsoleVerdict | undefined {
    const { fingerprints: listed, isComplete } = this.#evidence;
    if (listed.some((each) => each.fingerprint === fingerprint)) return { type: 'listed' };
    if (isComplete && listed.length > 0) return { type: 'others', listed };
    if (listed.some(({ keyType }) => keyType === shortType(type)))
      return { type: 'others', listed };
    if (this.#trouble instanceof Ec2Error && !isPassing(this.#trouble)) return this.#silent('');
    if (isComplete || (this.#trouble === undefined && this.#hasBooted())) {
      return this.#silent('its console shows no host keys from its boot');
    }
    return undefined;
  }

  #silent(reason: string): ConsoleVerdict {
    const trouble = this.#trouble;
    if (trouble === undefined) return { type: 'silent', reason };
    return {
      type: 'silent',
      reason: `its console can't be read: ${trouble.message}`,
      ...(trouble instanceof Ec2Error ? { hint: trouble.hint } : {}),
    };
  }

  #hasBooted(): boolean {
    return this.#options.clock() - this.#options.instance.launchedAt > bootTime;
  }
}

/** A type of key as ssh-keygen prints it after a fingerprint. */
const shortType = (type: string): string =>
  type.startsWith('ecdsa-') ? 'ECDSA' : type.replace(/^ssh-/, '').toUpperCase();
