import { addAbortListener } from 'node:events';
import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { SshTarget } from './connection.ts';
import type { Session } from './session.ts';
import { NotReadyError, nameOf } from './setback.ts';
import { SshError } from './ssh-error.ts';
import type { Transport } from './transport.ts';

/**
 * Has the server of a session connect to a target, and returns the way there. Settles when the
 * server has answered or the session is lost. Rejects with a `NotReadyError` where a later attempt
 * may succeed, and with an `SshError` where none will.
 */
export const openTunnel = (
  session: Session,
  jump: SshTarget,
  target: SshTarget,
): Promise<Transport> =>
  new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(new NotReadyError('unreached', broken(jump), { cause }));
    const lost = addAbortListener(session.lost, () => fail(session.lost.reason));
    try {
      session.client.forwardOut('127.0.0.1', 0, target.host, target.port, (error, channel) => {
        lost[Symbol.dispose]();
        if (error !== undefined) reject(refusal(error, jump, target));
        else resolve(new Tunnel(channel, session, jump));
      });
    } catch (error) {
      // ssh2 knows that the connection is gone a moment before it says so.
      lost[Symbol.dispose]();
      fail(error);
    }
  });

const broken = (jump: SshTarget): string => `the connection to the jump host ${nameOf(jump)} broke`;

/** RFC 4254 section 5.1. */
const prohibited = 1;

const refusal = (
  error: Error & { readonly reason?: unknown },
  jump: SshTarget,
  target: SshTarget,
): SshError | NotReadyError => {
  const words = error.message.replace(/^\(SSH\) Channel open failure: /, '');
  if (error.reason === prohibited) {
    return new SshError(
      'session',
      `the jump host ${nameOf(jump)} does not forward connections to ${target.host}: ${words}`,
      "allow it in the jump host's sshd_config: AllowTcpForwarding yes, and PermitOpen if it is set",
      { cause: error },
    );
  }
  // What the server says of its own attempt, such as "Connection refused".
  const reason = words === '' ? 'no connection' : words.charAt(0).toLowerCase() + words.slice(1);
  return new NotReadyError('unreached', reason, { cause: error });
};

/**
 * A forwarded connection that behaves like a socket. ssh2's channels do not: they have no
 * `destroyed`, destroying them tells nobody, and they close without saying why.
 */
class Tunnel extends Duplex implements Transport {
  readonly #channel: ClientChannel;

  constructor(channel: ClientChannel, session: Session, jump: SshTarget) {
    super();
    this.#channel = channel;
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => this.push(null));
    channel.on('close', () => {
      this.destroy(session.lost.aborted ? new Error(broken(jump)) : undefined);
    });
    channel.on('error', (error: Error) => this.destroy(error));
    // Nothing arrives there, and undrained it would hold the channel.
    channel.stderr.resume();
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#channel.write(chunk, () => callback());
  }

  override _writev(chunks: Array<{ chunk: Buffer }>, callback: () => void): void {
    this.#channel.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), () => callback());
  }

  override _final(callback: () => void): void {
    this.#channel.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#channel.close();
    callback(error);
  }

  destroySoon(): void {
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy()).end();
  }

  /** The session that it goes through holds the program, or doesn't. */
  unref(): this {
    return this;
  }
}
