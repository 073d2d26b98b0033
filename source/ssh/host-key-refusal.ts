import type { HostKeySource, SshTarget } from './connection.ts';
import { describeHostKey } from './host-key.ts';
import { nameOf } from './setback.ts';
import { SshError } from './ssh-error.ts';

/**
 * Asks whether a server's key is to be trusted.
 *
 * @param signal Aborts when nobody wants to know any more.
 * @returns Why it is refused, also where that could not be found out; undefined where it is trusted.
 */
export const hostKeyRefusal = async (
  source: HostKeySource,
  target: SshTarget,
  key: Buffer,
  signal: AbortSignal,
): Promise<SshError | undefined> => {
  try {
    const verdict = await source(describeHostKey(key), signal);
    if (verdict.trusted) return undefined;
    return new SshError(
      'host-key',
      `the host key of ${nameOf(target)} is not trusted: ${verdict.reason}`,
      verdict.hint,
    );
  } catch (error) {
    return uncheckable(target, error);
  }
};

const uncheckable = (target: SshTarget, error: unknown): SshError => {
  const message = error instanceof Error ? error.message : String(error);
  const hint =
    error instanceof Error && 'hint' in error && typeof error.hint === 'string'
      ? error.hint
      : 'nothing was sent: mend the cause, then try again';
  return new SshError(
    'host-key',
    `the host key of ${nameOf(target)} could not be checked: ${message}`,
    hint,
    { cause: error },
  );
};
