import type { Admission } from './admission.ts';
import { type Backoff, patientBackoff } from './backoff.ts';
import { runCommand } from './command.ts';
import type {
  ExecOptions,
  ExecResult,
  HostKeySource,
  NodeConnection,
  SshIdentity,
  SshTarget,
} from './connection.ts';
import { followCommand } from './follow.ts';
import type { Session } from './handshake.ts';
import { connectPatiently } from './patient-connect.ts';
import { nameOf } from './setback.ts';
import { type SharedAttempt, shareAttempt } from './shared-attempt.ts';
import { ConnectionLostError } from './ssh-error.ts';

/** All times in milliseconds. */
export type ConnectionOptions = {
  readonly target: SshTarget;
  readonly identity: SshIdentity;
  readonly hostKey: HostKeySource;
  /** Called when the port answers, in each attempt: the host key will be asked for next. */
  readonly onReached?: (signal: AbortSignal) => void;
  /** Shared by all connections of the program. */
  readonly admission: Admission;
  /**
   * How long a key that a new machine refuses counts as not installed yet; default 60 s. Ignored
   * once this connection stood before. 0 for machines that have been up for long.
   */
  readonly authenticationGrace?: number;
  /** For the port to answer; default 5 s. */
  readonly connectTimeout?: number;
  /** For each half of the handshake, without the time for the host key; default 20 s. */
  readonly handshakeTimeout?: number;
  /** Between signs of life that are asked for; default 15 s. */
  readonly keepaliveInterval?: number;
  /** Unanswered ones after which the connection is lost; default 3. */
  readonly keepaliveLimit?: number;
  readonly backoff?: Backoff;
};

/** Makes the connection of one node; connects with the first call. */
export const createConnection = (options: ConnectionOptions): NodeConnection =>
  new SshConnection(options);

class SshConnection implements NodeConnection {
  readonly target: SshTarget;
  readonly #options: ConnectionOptions;
  #session: Session | undefined;
  #attempt: SharedAttempt<Session> | undefined;
  #stoodBefore = false;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.target = options.target;
    this.#options = options;
  }

  async connect(signal: AbortSignal, onWaiting?: (reason: string) => void): Promise<void> {
    await this.#ready(signal, onWaiting);
  }

  async exec(command: string, options: ExecOptions): Promise<ExecResult> {
    const session = await this.#ready(options.signal);
    return runCommand(session, this.target, command, options);
  }

  follow(
    command: () => string,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return followCommand(
      (text, options) => this.exec(text, options),
      () => this.#closed,
      { command, onLine, signal },
    );
  }

  close(): void {
    this.#closed = true;
    this.#attempt?.abort(this.#closedError());

    this.#session?.end(this.#closedError());
  }

  async #ready(signal: AbortSignal, onWaiting?: (reason: string) => void): Promise<Session> {
    signal.throwIfAborted();
    if (this.#closed) throw this.#closedError();
    if (this.#session !== undefined && !this.#session.lost.aborted) return this.#session;

    this.#attempt ??= this.#startAttempt();
    return this.#attempt.join(signal, onWaiting);
  }

  #startAttempt(): SharedAttempt<Session> {
    const { authenticationGrace = 60_000, ...options } = this.#options;
    const attempt = shareAttempt(
      async (signal, onWaiting) => {
        const session = await connectPatiently(
          {
            connectTimeout: 5_000,
            handshakeTimeout: 20_000,
            keepaliveInterval: 15_000,
            keepaliveLimit: 3,
            backoff: patientBackoff,
            ...options,
            authenticationGrace: this.#stoodBefore ? 0 : authenticationGrace,
          },
          signal,
          onWaiting,
        );
        if (this.#closed) session.end(this.#closedError());
        this.#session = session;
        this.#stoodBefore = true;
        return session;
      },
      () => {
        if (this.#attempt === attempt) this.#attempt = undefined;
      },
    );
    return attempt;
  }

  #closedError(): ConnectionLostError {
    return new ConnectionLostError(
      `the connection to ${nameOf(this.target)} was closed`,
      'make a new one',
    );
  }
}
