import type { WakeWatch } from '../time/wake-watch.ts';
import { type Backoff, patientBackoff } from './backoff.ts';
import { connectPatiently, type PatientOptions } from './patient-connect.ts';
import { probe } from './probe.ts';
import type { Session } from './session.ts';
import { nameOf } from './setback.ts';
import { type SharedAttempt, shareAttempt } from './shared-attempt.ts';
import { ConnectionLostError } from './ssh-error.ts';

/** What may be left to their defaults; milliseconds. */
export type SessionTimes = {
  /** For the port to answer; default 5 s. */
  readonly connectTimeout?: number;
  /** For each half of the handshake, without the time for the host key; default 20 s. */
  readonly handshakeTimeout?: number;
  /** Between signs of life that are asked for; default 15 s. */
  readonly keepaliveInterval?: number;
  /** Unanswered ones after which the connection is lost; default 3. */
  readonly keepaliveLimit?: number;
  /** For a sign of life after a sleep of this machine; default 10 s. */
  readonly probeTimeout?: number;
  readonly backoff?: Backoff;
};

export type StandingSessionOptions = SessionTimes &
  Omit<PatientOptions, keyof SessionTimes> & {
    /** Tells of sleeps, in which connections break unnoticed. */
    readonly wakes?: WakeWatch;
  };

/**
 * One session with a server for everybody who needs it: made by the first who asks, and again by
 * the first who asks after it was lost.
 */
export class StandingSession {
  readonly #options: StandingSessionOptions;
  #session: Session | undefined;
  #attempt: SharedAttempt<Session> | undefined;
  #stoodBefore = false;
  #closed = false;

  constructor(options: StandingSessionOptions) {
    this.#options = options;
  }

  /** Whether it was closed for good. */
  get isClosed(): boolean {
    return this.#closed;
  }

  async ready(signal: AbortSignal, onWaiting?: (reason: string) => void): Promise<Session> {
    signal.throwIfAborted();
    if (this.#closed) throw this.#closedError();
    if (this.#session !== undefined && !this.#session.lost.aborted) return this.#session;

    this.#attempt ??= this.#startAttempt();
    return this.#attempt.join(signal, onWaiting);
  }

  /** Ends the session; the next who asks makes a new one. */
  end(): void {
    this.#attempt?.abort(this.#closedError());
    this.#session?.end(this.#closedError());
  }

  close(): void {
    this.#closed = true;
    this.end();
  }

  #startAttempt(): SharedAttempt<Session> {
    const attempt = shareAttempt(
      async (signal, onWaiting) => {
        const session = await connectPatiently(
          {
            connectTimeout: 5_000,
            handshakeTimeout: 20_000,
            keepaliveInterval: 15_000,
            keepaliveLimit: 3,
            backoff: patientBackoff,
            ...this.#options,
            // Who let us in before has our key.
            ...(this.#stoodBefore ? { authenticationGrace: 0 } : {}),
          },
          signal,
          onWaiting,
        );
        if (this.#closed) session.end(this.#closedError());
        this.#session = session;
        this.#stoodBefore = true;
        this.#probeAfterSleep(session);
        return session;
      },
      () => {
        if (this.#attempt === attempt) this.#attempt = undefined;
      },
    );
    return attempt;
  }

  #probeAfterSleep(session: Session): void {
    const { probeTimeout = 10_000, target, wakes } = this.#options;
    if (wakes === undefined) return;
    const forget = wakes.onWake(() => probe(session, target, probeTimeout));
    session.lost.addEventListener('abort', forget, { once: true });
    if (session.lost.aborted) forget();
  }

  #closedError(): ConnectionLostError {
    return new ConnectionLostError(
      `the connection to ${nameOf(this.#options.target)} was closed`,
      'make a new one',
    );
  }
}
