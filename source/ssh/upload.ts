import { once } from 'node:events';
import type { ClientChannel } from 'ssh2';
import type { Transport } from './transport.ts';

export type Upload = {
  /** The command has ended: when `successful`, whatever was sent has been taken. */
  finish(successful: boolean): void;
};

/** One SSH packet's worth, the most that OpenSSH takes in one. */
const chunkSize = 32 * 1024;

/** Milliseconds between looks at what the node has taken. */
const interval = 100;

/**
 * Writes `content` to a command's standard input and closes that.
 *
 * What `onProgress` counts is what the node says it has taken: SSH gives every channel a window of
 * bytes that may be under way (RFC 4254 section 5.2), and the server widens it as input is consumed.
 * Neither our queue nor the network's counts. OpenSSH widens as the command itself reads, in steps of
 * some 100 kB, so the count lags by up to that much until the command has ended well.
 *
 * No more is encrypted ahead than the socket takes, so that a thousand uploads of one buffer don't
 * need a thousand copies of it.
 */
export const startUpload = (
  channel: ClientChannel,
  socket: Transport,
  content: Buffer,
  onProgress: (done: number, total: number) => void,
): Upload => {
  const initialWindow = windowOf(channel);
  let sent = 0;
  let reported = -1;
  let stopped = false;

  const taken = (): number => {
    const window = windowOf(channel);
    // Whatever has been granted again was read before.
    const granted =
      window === undefined || initialWindow === undefined ? sent : window - initialWindow + sent;
    return Math.max(Math.min(granted, sent), reported, 0);
  };

  const report = () => {
    const done = taken();
    if (stopped || done === reported) return;
    reported = done;
    onProgress(done, content.length);
  };

  const timer = setInterval(report, interval);

  const write = async (): Promise<void> => {
    for (let start = 0; start < content.length; start += chunkSize) {
      if (stopped || !channel.writable || socket.destroyed) return;
      const chunk = content.subarray(start, start + chunkSize);
      // Calls back once the window has let all of the chunk through.
      await new Promise<void>((resolve, reject) => {
        channel.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
      sent += chunk.length;
      if (socket.writableNeedDrain) await once(socket, 'drain');
      else await new Promise((resolve) => setImmediate(resolve));
    }
    if (!stopped && channel.writable) channel.end();
  };

  report();
  // The socket's end is the session's, and reported as such.
  write().catch(() => undefined);

  return {
    finish: (successful) => {
      if (successful && sent === content.length && reported < sent) onProgress(sent, sent);
      stopped = true;
      clearInterval(timer);
    },
  };
};

const windowOf = (channel: ClientChannel): number | undefined => {
  const { outgoing } = channel;
  if (typeof outgoing !== 'object' || outgoing === null || !('window' in outgoing)) {
    return undefined;
  }
  return typeof outgoing.window === 'number' ? outgoing.window : undefined;
};
