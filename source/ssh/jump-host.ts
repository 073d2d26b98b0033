import type { HostKeySource, SshTarget } from './connection.ts';
import { Openings } from './openings.ts';
import type { Session } from './session.ts';
import { nameOf } from './setback.ts';
import { SshError } from './ssh-error.ts';
import { StandingSession, type StandingSessionOptions } from './standing-session.ts';
import type { OpenTransport } from './transport.ts';
import { openTunnel } from './tunnel.ts';

/**
 * A machine through which nodes are reached, as with OpenSSH's `ProxyJump`. All connections go
 * through one session with it, which is made again when it is lost.
 */
export type JumpHost = {
  readonly target: SshTarget;
  readonly openTransport: OpenTransport;
  /** Connects to it as `NodeConnection.connect` does to a node. */
  connect(signal: AbortSignal, onWaiting: (reason: string) => void): Promise<void>;
  /**
   * Says that somebody may open transports, until the returned function is called. The session ends
   * with the last one.
   */
  use(): () => void;
};

export type JumpHostOptions = Omit<
  StandingSessionOptions,
  'hostKey' | 'openTransport' | 'authenticationGrace'
> & {
  /** Like that of a node; `tell` is for what those who wait for it should know. */
  readonly hostKey: (tell: (text: string) => void) => HostKeySource;
};

/** Milliseconds for which a jump host that refuses for good is not asked again. */
const refusalTime = 15_000;

/** Makes the way through a jump host; connects when it is first needed. */
export const createJumpHost = (options: JumpHostOptions): JumpHost => new SshJumpHost(options);

class SshJumpHost implements JumpHost {
  readonly target: SshTarget;
  readonly openTransport: OpenTransport;
  readonly #session: StandingSession;
  readonly #openings = new WeakMap<Session, Openings>();
  readonly #listeners = new Set<(text: string) => void>();
  #users = 0;
  #refusal: { readonly error: SshError; readonly until: number } | undefined;

  constructor({ hostKey, ...options }: JumpHostOptions) {
    this.target = options.target;
    this.#session = new StandingSession({
      ...options,
      hostKey: hostKey((text) => {
        for (const listener of this.#listeners) listener(this.#named(text));
      }),
      authenticationGrace: 0,
    });
    this.openTransport = async (target, timeout, signal, onWaiting) => {
      const session = await this.#ready(signal, onWaiting);
      return this.#openingsOf(session).take(target, timeout, signal);
    };
  }

  async connect(signal: AbortSignal, onWaiting: (reason: string) => void): Promise<void> {
    await this.#ready(signal, onWaiting);
  }

  use(): () => void {
    this.#users += 1;
    let used = true;
    return () => {
      if (!used) return;
      used = false;
      this.#users -= 1;
      if (this.#users === 0) this.#session.end();
    };
  }

  #openingsOf(session: Session): Openings {
    const openings =
      this.#openings.get(session) ??
      new Openings((target) => openTunnel(session, this.target, target));
    this.#openings.set(session, openings);
    return openings;
  }

  async #ready(signal: AbortSignal, onWaiting: (reason: string) => void) {
    // A fleet that asks one by one would be shut out for it.
    if (this.#refusal !== undefined && performance.now() < this.#refusal.until) {
      throw this.#refusal.error;
    }
    this.#listeners.add(onWaiting);
    try {
      const session = await this.#session.ready(signal, (reason) => onWaiting(this.#named(reason)));
      this.#refusal = undefined;
      return session;
    } catch (error) {
      if (!(error instanceof SshError)) throw error;
      const refusal = this.#explain(error);
      this.#refusal = { error: refusal, until: performance.now() + refusalTime };
      throw refusal;
    } finally {
      this.#listeners.delete(onWaiting);
    }
  }

  #named(text: string): string {
    return `jump host ${nameOf(this.target)}: ${text}`;
  }

  /** The same error as that of the jump host: the node was never reached. */
  #explain(error: SshError): SshError {
    const hint =
      error.kind === 'authentication'
        ? `check the user in aws.jump_host (${this.target.username}), and that the jump host's authorized_keys has the key that nodes are reached with`
        : error.hint;
    return new SshError(error.kind, this.#named(error.message), hint, { cause: error });
  }
}
