import type { Backoff, Setback } from './backoff.ts';
import { type HandshakeOptions, shakeHands } from './handshake.ts';
import { pause } from './pause.ts';
import type { Session } from './session.ts';
import { NotReadyError, nameOf } from './setback.ts';
import { SshError } from './ssh-error.ts';

export type PatientOptions = HandshakeOptions & {
  readonly backoff: Backoff;
  /** Milliseconds from the first refusal for which a refused key counts as not installed yet. */
  readonly authenticationGrace: number;
};

/**
 * Attempts to connect until that succeeds, until it becomes clear that it never will (`SshError`),
 * or until the signal aborts (its reason). `onWaiting` hears each new reason for another attempt.
 */
export const connectPatiently = async (
  options: PatientOptions,
  signal: AbortSignal,
  onWaiting: (reason: string) => void,
): Promise<Session> => {
  let last: Setback | undefined;
  let count = 0;
  let refusedAt: number | undefined;

  for (;;) {
    try {
      return await shakeHands(options, signal, onWaiting);
    } catch (error) {
      if (!(error instanceof NotReadyError)) throw error;

      if (error.setback === 'key-refused') {
        refusedAt ??= performance.now();
        const waited = performance.now() - refusedAt;
        if (waited >= options.authenticationGrace) throw refused(options, waited, error);
      }
      count = error.setback === last ? count + 1 : 1;
      last = error.setback;
      onWaiting(error.message);
    }
    await pause(options.backoff(last, count), signal);
  }
};

const refused = ({ target, identity }: PatientOptions, waited: number, cause: Error): SshError => {
  const seconds = Math.round(waited / 1_000);
  const since = seconds === 0 ? '' : `, ${seconds} s after it first refused it`;
  const key =
    identity.type === 'agent' && identity.publicKey === undefined
      ? 'any key of the SSH agent'
      : 'the key';

  return new SshError(
    'authentication',
    `${nameOf(target)} does not accept ${key}${since}`,
    `check that aws.username (${target.username}) is the image's login user, and that the private key belongs to the key pair with which the node was launched`,
    { cause },
  );
};
