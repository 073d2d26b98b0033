import type { Client } from 'ssh2';
import type { ConnectionLostError } from './ssh-error.ts';
import type { Transport } from './transport.ts';

/** An authenticated connection. */
export type Session = {
  readonly client: Client;
  readonly socket: Transport;
  /** Aborts with a `ConnectionLostError` when the connection is over, whatever ended it. */
  readonly lost: AbortSignal;
  /** Says goodbye, and makes it lost for the given reason. */
  end(reason: ConnectionLostError): void;
};
