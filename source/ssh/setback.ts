import type { Setback } from './backoff.ts';
import type { SshTarget } from './connection.ts';
import { SshError } from './ssh-error.ts';

/** An attempt to connect failed in a way that a booting machine shows. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
  readonly setback: Setback;

  constructor(setback: Setback, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.setback = setback;
  }
}

/** What ssh2 adds to its errors. */
export type ClientError = Error & { readonly level?: string; readonly code?: string | number };

/** Says in a few words what a socket's error means. */
export const describeSocketError = (error: ClientError): string => {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'connection reset';
    case 'ETIMEDOUT':
      return 'no answer';
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return 'host unreachable';
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return 'network unreachable';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name can not be resolved';
    default:
      return error.message;
  }
};

/**
 * Tells the errors of an unfinished handshake apart: `NotReadyError` for what a booting machine
 * does, `SshError` for what no waiting will mend.
 */
export const classifyHandshakeError = (
  error: ClientError,
  target: SshTarget,
  banner: string,
  agentTrouble: string | undefined,
): NotReadyError | SshError => {
  const cause = { cause: error };

  switch (error.level) {
    case 'client-socket':
      return new NotReadyError('turned-away', describeSocketError(error), cause);
    case 'client-timeout':
      return new NotReadyError('turned-away', 'no answer', cause);
    case 'client-authentication':
      return refused(target, agentTrouble, error);
    case 'handshake':
      return classifyKeyExchangeError(error, target);
    case 'protocol':
      if (error.message === 'Connection lost before handshake') return turnedAway(banner, error);
      return noSsh(error, target);
    default:
      // A DISCONNECT message: the server's own words, with a number (RFC 4253 section 11.1).
      if (/authentication failures/i.test(error.message)) {
        return refused(target, agentTrouble, error);
      }
      if (typeof error.code === 'number') {
        return new NotReadyError('turned-away', `the node hung up: ${error.message}`, cause);
      }
      return noSsh(error, target);
  }
};

/** The connection was closed before authentication: `banner` may say why, as pam_nologin does. */
export const turnedAway = (banner: string, cause?: Error): NotReadyError => {
  const [firstLine] = banner.split('\n').flatMap((line) => line.trim() || []);
  return new NotReadyError(
    'turned-away',
    firstLine === undefined ? 'closed before login' : `closed before login: ${firstLine}`,
    cause === undefined ? undefined : { cause },
  );
};

const refused = (
  target: SshTarget,
  agentTrouble: string | undefined,
  error: ClientError,
): NotReadyError | SshError =>
  agentTrouble === undefined
    ? new NotReadyError('key-refused', `the key is not accepted for ${target.username}`, {
        cause: error,
      })
    : new SshError(
        'authentication',
        `the SSH agent did not sign for ${nameOf(target)}: ${agentTrouble}`,
        'look at what it has, and unlock it: ssh-add -l',
        { cause: error },
      );

const classifyKeyExchangeError = (error: ClientError, target: SshTarget): SshError => {
  const [, subject] = /no matching (.+)/.exec(error.message) ?? [];
  if (subject !== undefined) {
    return new SshError(
      'protocol',
      `no ${subject} in common with ${nameOf(target)}`,
      "allow one of OpenSSH's defaults again in the node's sshd_config",
      { cause: error },
    );
  }
  if (error.message.includes('signature verification failed')) {
    return new SshError(
      'host-key',
      `${nameOf(target)} can't prove that its host key is its own`,
      'somebody may be in between: compare the fingerprint with the EC2 console output',
      { cause: error },
    );
  }
  return new SshError(
    'protocol',
    `the key exchange with ${nameOf(target)} failed: ${error.message}`,
    `see what the node says: ssh -v -p ${target.port} ${target.username}@${target.host}`,
    { cause: error },
  );
};

const noSsh = (error: ClientError, target: SshTarget): SshError =>
  new SshError(
    'protocol',
    `what answers at ${target.host} port ${target.port} does not speak SSH: ${error.message}`,
    'check the SSH port in the configuration, and what listens there on the node',
    { cause: error },
  );

/** A target as people write it. */
export const nameOf = (target: SshTarget): string =>
  `${target.username}@${target.host}${target.port === 22 ? '' : `:${target.port}`}`;
