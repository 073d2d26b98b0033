import { addAbortListener } from 'node:events';
import ssh2 from 'ssh2';
import type { Admission } from './admission.ts';
import { algorithms } from './algorithms.ts';
import { authentication } from './authentication.ts';
import { cleanText } from './clean-text.ts';
import type { HostKeySource, SshIdentity, SshTarget } from './connection.ts';
import { HandshakePlace } from './handshake-place.ts';
import { hostKeyRefusal } from './host-key-refusal.ts';
import { openSocket } from './open-socket.ts';
import { sendWhole } from './send-whole.ts';
import type { Session } from './session.ts';
import {
  type ClientError,
  classifyHandshakeError,
  describeSocketError,
  NotReadyError,
  nameOf,
  turnedAway,
} from './setback.ts';
import { ConnectionLostError } from './ssh-error.ts';
import type { OpenTransport, Transport } from './transport.ts';

/** What stays the same over all attempts to connect to a node; times in milliseconds. */
export type HandshakeOptions = {
  readonly target: SshTarget;
  /** The way there; default a TCP connection. */
  readonly openTransport?: OpenTransport;
  readonly identity: SshIdentity;
  readonly hostKey: HostKeySource;
  /** Called when an SSH server answers, in each attempt: the host key will be asked for next. */
  readonly onReached?: (signal: AbortSignal) => void;
  readonly admission: Admission;
  /** Until the port answers. */
  readonly connectTimeout: number;
  /** For each half of the handshake; the wait for the host key's verdict in between is extra. */
  readonly handshakeTimeout: number;
  readonly keepaliveInterval: number;
  /** Unanswered keepalives after which the connection counts as lost. */
  readonly keepaliveLimit: number;
};

/**
 * Makes one attempt at a connection. Rejects with a `NotReadyError` where a later attempt may
 * succeed, with an `SshError` where none will, and with the signal's reason once that aborts.
 */
export const shakeHands = async (
  options: HandshakeOptions,
  signal: AbortSignal,
  onWaiting: (reason: string) => void,
): Promise<Session> => {
  const { target, connectTimeout, openTransport = openSocket } = options;
  const socket = await openTransport(target, connectTimeout, signal, onWaiting);
  return new Handshake(options, socket, signal, onWaiting).run();
};

/** How long a host key source may take before its handshake gives its place to others. */
const promptVerdict = 100;

/** Agents ask their owners, who need longer than machines. */
const agentPatience = 3;

class Handshake {
  readonly #options: HandshakeOptions;
  readonly #socket: Transport;
  readonly #signal: AbortSignal;
  readonly #onWaiting: (reason: string) => void;
  readonly #client = new ssh2.Client();
  readonly #outcome = Promise.withResolvers<Session>();
  /** Aborts when the outcome is known. */
  readonly #settled = new AbortController();
  readonly #lost = new AbortController();
  readonly #place: HandshakePlace;
  #timer: NodeJS.Timeout | undefined;
  #trustedKey: Buffer | undefined;
  #banner = '';
  #agentTrouble: string | undefined;
  #trouble: Error | undefined;

  constructor(
    options: HandshakeOptions,
    socket: Transport,
    signal: AbortSignal,
    onWaiting: (reason: string) => void,
  ) {
    this.#options = options;
    this.#place = new HandshakePlace(options.admission, this.#settled.signal);
    this.#socket = socket;
    this.#signal = signal;
    this.#onWaiting = onWaiting;
  }

  async run(): Promise<Session> {
    const abort = addAbortListener(this.#signal, () => this.#fail(this.#signal.reason));
    this.#socket.on('error', (error) => {
      this.#fail(new NotReadyError('turned-away', describeSocketError(error), { cause: error }));
    });
    // ssh2 never reports the end of a socket that it was given too late to see it.
    this.#socket.on('close', () => this.#fail(turnedAway(this.#banner)));

    const start = () => {
      if (!this.#settled.signal.aborted) this.#start();
    };
    this.#place.take().then(start, (error: unknown) => this.#fail(error));

    try {
      return await this.#outcome.promise;
    } finally {
      abort[Symbol.dispose]();
    }
  }

  #start(): void {
    const { target, identity, keepaliveInterval, keepaliveLimit } = this.#options;
    const client = this.#client;

    client.on('error', (error) => this.#onError(error));
    client.on('banner', (banner) => {
      this.#banner = banner.split('\n').map(cleanText).join('\n');
    });
    client.on('ready', () => this.#succeed());
    // A half-closed connection is of no use, and would linger if the other half never closed.
    client.on('end', () => this.#socket.destroy());
    client.on('close', () => this.#onClose());

    this.#startTimer(this.#options.handshakeTimeout);
    sendWhole(this.#socket);
    try {
      client.connect({
        sock: this.#socket,
        username: target.username,
        authHandler: [authentication(target, identity)],
        algorithms,
        hostVerifier: (key: Buffer, answer: (trusted: boolean) => void) => {
          // ssh2 takes any return value but undefined for a verdict, a promise for a yes.
          this.#verify(key, answer).catch((error: unknown) => this.#fail(error));
        },
        keepaliveInterval,
        keepaliveCountMax: keepaliveLimit,
        readyTimeout: 0,
      });
      // By then ssh2 listens: whoever listens first makes the socket flow, and bytes be lost to ssh2.
      this.#socket.once('resume', () => {
        this.#socket.once('data', () => this.#options.onReached?.(this.#signal));
      });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #verify(key: Buffer, answer: (trusted: boolean) => void): Promise<void> {
    // Servers ask for new session keys after a gigabyte or an hour.
    if (this.#trustedKey !== undefined) {
      answer(this.#trustedKey.equals(key));
      return;
    }

    clearTimeout(this.#timer);
    let left = false;
    const slow = setTimeout(() => {
      left = true;
      this.#place.leave();
      this.#onWaiting("checking the node's host key");
    }, promptVerdict);
    const settled = this.#settled.signal;

    const { hostKey, identity, target } = this.#options;
    const refusal = await hostKeyRefusal(hostKey, target, key, settled);
    clearTimeout(slow);
    if (settled.aborted) return;
    if (refusal !== undefined) {
      this.#fail(refusal);
      answer(false);
      return;
    }

    if (left) await this.#place.take();
    if (settled.aborted) return;
    this.#trustedKey = key;
    const patience = identity.type === 'agent' ? agentPatience : 1;
    this.#startTimer(this.#options.handshakeTimeout * patience);
    answer(true);
  }

  #startTimer(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.#fail(new NotReadyError('turned-away', 'connected, but no SSH answer'));
    }, milliseconds);
  }

  #onError(error: ClientError): void {
    // Not the end: ssh2 goes on to the next method, and ends with an error of its own.
    if (error.level === 'agent') {
      this.#agentTrouble = error.message;
      return;
    }
    this.#trouble ??= error;
    const { target } = this.#options;
    this.#fail(classifyHandshakeError(error, target, this.#banner, this.#agentTrouble));
    // After an error ssh2 only closes its own half, and would wait for the other for ever.
    this.#socket.destroy();
  }

  #onClose(): void {
    this.#fail(turnedAway(this.#banner));
    const { target } = this.#options;
    const why = this.#trouble === undefined ? '' : `: ${describeSocketError(this.#trouble)}`;
    this.#lost.abort(new ConnectionLostError(`the connection to ${nameOf(target)} broke${why}`));
  }

  #succeed(): void {
    this.#settle();
    this.#outcome.resolve({
      client: this.#client,
      socket: this.#socket,
      lost: this.#lost.signal,
      end: (reason) => {
        this.#lost.abort(reason);
        this.#client.end();
        // The node's farewell is not worth waiting for, and may never come.
        this.#socket.destroySoon();
        this.#socket.unref();
      },
    });
  }

  /** Does nothing once the outcome is known. */
  #fail(error: unknown): void {
    if (this.#settled.signal.aborted) return;
    this.#settle();
    this.#outcome.reject(error);
    this.#socket.destroy();
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#settled.abort();
    this.#place.leave();
  }
}
