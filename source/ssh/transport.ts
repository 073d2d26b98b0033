import type { Duplex } from 'node:stream';
import type { SshTarget } from './connection.ts';

/** What an SSH connection runs over: a TCP socket, or a way through another SSH connection. */
export type Transport = Duplex & {
  /** Destroys it once everything that was written is gone. */
  destroySoon(): void;
  /** Lets the program end although it stands. */
  unref(): unknown;
};

/**
 * Opens a transport to where a target's SSH should answer. Rejects with a `NotReadyError` where
 * nothing does within that many milliseconds, with an `SshError` where none ever will, and with the
 * signal's reason once that aborts. `onWaiting` hears what it waits for meanwhile.
 */
export type OpenTransport = (
  target: SshTarget,
  timeout: number,
  signal: AbortSignal,
  onWaiting: (reason: string) => void,
) => Promise<Transport>;
