import type { ParsedKey } from 'ssh2';

/** Where and as whom to connect. */
export type SshTarget = {
  readonly host: string;
  readonly port: number;
  readonly username: string;
};

/** How the client proves who it is: ready to use, decrypted once for the whole fleet. */
export type SshIdentity =
  | {
      readonly type: 'key';
      readonly privateKey: Buffer | string;
      readonly passphrase?: string;
      /** The same key as it was read: reading it again takes each handshake a millisecond. */
      readonly parsed?: ParsedKey;
    }
  | {
      readonly type: 'agent';
      readonly socket: string;
      /** Type and base64: the only key of the agent's to be offered. Absent offers them all. */
      readonly publicKey?: string;
    };

/**
 * Decides whether a host key may be trusted, before authentication. Called once per connection
 * with the key as OpenSSH prints it.
 */
export type HostKeySource = (offered: HostKey, signal: AbortSignal) => Promise<HostKeyVerdict>;

export type HostKey = {
  /** Such as `ssh-ed25519`. */
  readonly type: string;
  /** `SHA256:` and unpadded base64, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /** The line for a `known_hosts` file without the host: type and base64 key. */
  readonly line: string;
};

export type HostKeyVerdict =
  | {
      readonly trusted: true;
      /** Whether somebody else than the node vouches for the key: EC2, say. Absent: it was new. */
      readonly verified?: true;
      /** Whether it is trusted for nothing but that no other one was seen before. */
      readonly firstSeen?: true;
    }
  | { readonly trusted: false; readonly reason: string; readonly hint: string };

export type ExecOptions = {
  /** Written to the command's standard input, which is then closed. */
  readonly stdin?: Buffer;
  readonly signal: AbortSignal;
  /**
   * Bytes of `stdin` that the node has taken: those for which the server has widened the channel's
   * window again, and all of them once the command has read its input and succeeded. First called
   * with 0, then whenever the count has grown, at most ten times a second.
   */
  readonly onProgress?: (done: number, total: number) => void;
  /** Lines as they come, without their newline, stripped of control sequences. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Bytes of each stream to keep, newest win; default 1 MiB. */
  readonly maximumOutput?: number;
  /**
   * Called when the signal's abortion ends a command that the node was asked for, with what becomes
   * of that: true once the node has taken SIGTERM and closed the channel, false when the connection
   * is lost before.
   */
  readonly onStop?: (taken: Promise<boolean>) => void;
};

export type ExecResult = {
  /** Null when a signal ended the command. */
  readonly exitCode: number | null;
  /** Such as `KILL`. */
  readonly exitSignal?: string;
  readonly stdout: string;
  readonly stderr: string;
};

/**
 * One SSH connection to one node, for as long as the node is of interest. A connection that breaks
 * is made again by the next call; calls under way when it breaks reject with `ConnectionLostError`.
 */
export interface NodeConnection {
  readonly target: SshTarget;
  /** The machine that it goes through; absent where it goes straight to the node. */
  readonly via?: SshTarget;

  /**
   * Connects unless connected. Refused, timed out, reset and closed-before-authentication count as
   * a machine that is still booting and are tried again with backoff until the signal aborts;
   * a refused key and an untrusted host key reject at once.
   */
  connect(signal: AbortSignal, onWaiting?: (reason: string) => void): Promise<void>;

  /** Runs a command through the login shell. A non-zero exit is a result, not an error. */
  exec(command: string, options: ExecOptions): Promise<ExecResult>;

  /**
   * Follows a command's lines for as long as the signal lasts, reconnecting where the connection
   * breaks. `command` is called again for each run, so that it can resume where it was.
   */
  follow(command: () => string, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;

  close(): void;
}
