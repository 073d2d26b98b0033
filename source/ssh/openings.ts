import { addAbortListener } from 'node:events';
import { createAdmission } from './admission.ts';
import type { SshTarget } from './connection.ts';
import { NotReadyError } from './setback.ts';
import type { Transport } from './transport.ts';

/**
 * Connections that a jump host may be asked for at a time and not have answered. It can't be told
 * that one is not wanted any more, and its sshd holds a socket for each until TCP gives up, which
 * takes two minutes; sshd does not count them as sessions (MaxSessions).
 */
const most = 600;

/**
 * Those of one target that nobody waits for any more and that make another one needless. A machine
 * that boots lets several go unanswered, and TCP knocks less and less often for each of them: of a
 * few that were begun one after the other, one is answered soon.
 */
const mostForgotten = 3;

/** Milliseconds for which what came too late for who asked is kept for who asks next. */
const keptFor = 10_000;

type Waiter = PromiseWithResolvers<Transport>;

type Target = {
  /** Asked for and not answered. */
  pending: number;
  readonly waiting: Set<Waiter>;
  readonly kept: Set<Transport>;
};

/** What a jump host is asked to connect to over one session. */
export class Openings {
  readonly #open: (target: SshTarget) => Promise<Transport>;
  readonly #places = createAdmission(most);
  readonly #targets = new Map<string, Target>();

  /** `open` settles once the jump host has answered, or the session with it is lost. */
  constructor(open: (target: SshTarget) => Promise<Transport>) {
    this.#open = open;
  }

  /**
   * A connection to the target, also one that was asked for earlier. Rejects with a `NotReadyError`
   * when none comes within that many milliseconds, and with what `open` says of the one that was
   * asked for now.
   */
  async take(target: SshTarget, timeout: number, signal: AbortSignal): Promise<Transport> {
    const name = `${target.host} ${target.port}`;
    const state: Target = this.#targets.get(name) ?? {
      pending: 0,
      waiting: new Set(),
      kept: new Set(),
    };
    this.#targets.set(name, state);
    for (const transport of state.kept) {
      state.kept.delete(transport);
      if (!transport.destroyed) return transport;
    }
    const waiter: Waiter = Promise.withResolvers();
    const giveUp = (reason: unknown) => {
      // Before anything else can be given to it.
      state.waiting.delete(waiter);
      waiter.reject(reason);
    };
    const forgotten = state.pending - state.waiting.size;
    state.waiting.add(waiter);
    const timer = setTimeout(() => giveUp(new NotReadyError('unreached', 'no answer')), timeout);
    const abort = addAbortListener(signal, () => giveUp(signal.reason));
    if (forgotten < mostForgotten) {
      this.#ask(target, state)
        .catch(giveUp)
        .finally(() => this.#forget(name, state));
    }
    try {
      return await waiter.promise;
    } finally {
      clearTimeout(timer);
      abort[Symbol.dispose]();
      this.#forget(name, state);
    }
  }

  async #ask(target: SshTarget, state: Target): Promise<void> {
    state.pending += 1;
    const leave = await this.#places.enter(new AbortController().signal);
    try {
      if (state.waiting.size > 0) deliver(state, await this.#open(target));
    } finally {
      leave();
      state.pending -= 1;
    }
  }

  #forget(name: string, { kept, pending, waiting }: Target): void {
    if (pending === 0 && waiting.size === 0 && kept.size === 0) this.#targets.delete(name);
  }
}

/** Gives the connection to who waits for one, or keeps it for a while. */
const deliver = (state: Target, transport: Transport): void => {
  for (const waiter of state.waiting) {
    state.waiting.delete(waiter);
    waiter.resolve(transport);
    return;
  }
  state.kept.add(transport);
  const timer = setTimeout(() => {
    if (state.kept.delete(transport)) transport.destroy();
  }, keptFor);
  // Its end is found out where it is taken.
  transport.on('error', () => undefined);
  transport.on('close', () => {
    clearTimeout(timer);
    state.kept.delete(transport);
  });
};
