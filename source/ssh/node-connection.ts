import type { WakeWatch } from '../time/wake-watch.ts';
import type { Admission } from './admission.ts';
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
import type { JumpHost } from './jump-host.ts';
import { type SessionTimes, StandingSession } from './standing-session.ts';

/** All times in milliseconds. */
export type ConnectionOptions = SessionTimes & {
  readonly target: SshTarget;
  readonly identity: SshIdentity;
  readonly hostKey: HostKeySource;
  /** Called when an SSH server answers, in each attempt: the host key will be asked for next. */
  readonly onReached?: (signal: AbortSignal) => void;
  /** Shared by all connections of the program. */
  readonly admission: Admission;
  /** Tells of sleeps, in which connections break unnoticed. */
  readonly wakes?: WakeWatch;
  /**
   * How long a key that a new machine refuses counts as not installed yet; default 60 s. Ignored
   * once this connection stood before. 0 for machines that have been up for long.
   */
  readonly authenticationGrace?: number;
  /** The machine to go through; absent: straight to the node. Shared by all that go through it. */
  readonly jumpHost?: JumpHost;
};

/** Makes the connection of one node; connects with the first call. */
export const createConnection = (options: ConnectionOptions): NodeConnection =>
  new SshConnection(options);

class SshConnection implements NodeConnection {
  readonly target: SshTarget;
  readonly via?: SshTarget;
  readonly #session: StandingSession;
  readonly #leaveJumpHost: () => void;

  constructor({ jumpHost, authenticationGrace = 60_000, ...options }: ConnectionOptions) {
    this.target = options.target;
    if (jumpHost !== undefined) this.via = jumpHost.target;
    this.#leaveJumpHost = jumpHost?.use() ?? (() => undefined);
    this.#session = new StandingSession({
      ...options,
      authenticationGrace,
      ...(jumpHost === undefined ? {} : { openTransport: jumpHost.openTransport }),
    });
  }

  async connect(signal: AbortSignal, onWaiting?: (reason: string) => void): Promise<void> {
    await this.#session.ready(signal, onWaiting);
  }

  async exec(command: string, options: ExecOptions): Promise<ExecResult> {
    const session = await this.#session.ready(options.signal);
    return runCommand(session, this.target, command, options);
  }

  follow(
    command: () => string,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return followCommand(
      (text, options) => this.exec(text, options),
      () => this.#session.isClosed,
      { command, onLine, signal },
    );
  }

  close(): void {
    this.#session.close();
    this.#leaveJumpHost();
  }
}
