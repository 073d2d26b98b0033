import { addAbortListener, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { SshTarget } from './connection.ts';
import { describeSocketError, NotReadyError } from './setback.ts';

/**
 * Opens a TCP connection. Rejects with a `NotReadyError` where nothing answers within that many
 * milliseconds, and with the signal's reason once that aborts.
 */
export const openSocket = async (
  target: SshTarget,
  timeout: number,
  signal: AbortSignal,
): Promise<Socket> => {
  signal.throwIfAborted();
  const socket = connect({ host: target.host, port: target.port, noDelay: true });
  const timer = setTimeout(() => socket.destroy(new Error('no answer')), timeout);
  const abort = addAbortListener(signal, () => socket.destroy(new Error('aborted')));

  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? describeSocketError(error) : String(error);
    throw new NotReadyError('unreached', reason, { cause: error });
  } finally {
    clearTimeout(timer);
    abort[Symbol.dispose]();
  }
};
