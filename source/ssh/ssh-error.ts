import type { Topic } from '../events/topic.ts';

/**
 * What went wrong for good, as opposed to a machine that is still booting:
 * - `identity`: the private key can't be used, on this side;
 * - `authentication`: the node does not accept the key;
 * - `host-key`: the node's key is not, or can't be, trusted;
 * - `protocol`: whatever answers does not speak SSH as we do;
 * - `session`: the connection stands but the node refused to run the command;
 * - `command`: a command that was to run for good keeps failing.
 */
export type SshErrorKind =
  | 'identity'
  | 'authentication'
  | 'host-key'
  | 'protocol'
  | 'session'
  | 'command';

/** A failure that trying again does not mend. */
export class SshError extends Error {
  override readonly name = 'SshError';
  readonly kind: SshErrorKind;
  /** What to do next: one line. */
  readonly hint: string;

  constructor(kind: SshErrorKind, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.hint = hint;
  }

  /** Where to read on. */
  get topic(): Topic {
    switch (this.kind) {
      case 'identity':
      case 'authentication':
        return 'key';
      case 'host-key':
        return 'host-key';
      case 'protocol':
      case 'session':
      case 'command':
        return 'ssh';
      default:
        return this.kind satisfies never;
    }
  }

  /** A key that can't be used is an error of the configuration, everything else one of the node. */
  get exitStatus(): 1 | 2 {
    return this.kind === 'identity' ? 2 : 1;
  }
}

/** The connection broke, or was closed, under a call. The next call makes a new one. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  readonly topic: Topic = 'ssh';
  /** What to do next: one line. */
  readonly hint: string;

  constructor(
    message: string,
    hint = 'the node may be rebooting, or be gone: try again, and look at its state in EC2',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.hint = hint;
  }
}
