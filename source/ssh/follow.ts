import { jittered } from './backoff.ts';
import type { ExecOptions, ExecResult } from './connection.ts';
import { pause } from './pause.ts';
import { ConnectionLostError, SshError } from './ssh-error.ts';

export type FollowOptions = {
  /** Called for each run: where to resume is the caller's to know. */
  readonly command: () => string;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds before run `count` (from 1) after runs that ended without a line. */
  readonly backoff?: (count: number) => number;
};

/** Runs without a line after which a command that fails is taken to fail for good. */
const patience = 5;

/**
 * Runs a command again and again, see `NodeConnection.follow`. Resolves when the signal aborts.
 * Rejects with what `exec` rejects with, but for lost connections, and with an `SshError` of kind
 * `command` when the command does not exist or keeps failing without a line.
 */
export const followCommand = async (
  exec: (command: string, options: ExecOptions) => Promise<ExecResult>,
  isClosed: () => boolean,
  { command, onLine, signal, backoff = gentle }: FollowOptions,
): Promise<void> => {
  let fruitless = 0;

  while (!signal.aborted) {
    fruitless += 1;
    try {
      const result = await exec(command(), {
        signal,
        // Of which only stderr's last line is ever looked at.
        maximumOutput: 1_024,
        onLine: (line, stream) => {
          if (stream === 'stderr') return;
          fruitless = 0;
          onLine(line);
        },
      });
      if (isMissing(result) || (result.exitCode !== 0 && fruitless >= patience)) {
        throw failure(result);
      }
      await pause(backoff(Math.max(fruitless, 1)), signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ConnectionLostError) || isClosed()) throw error;
      // No haste: a thousand nodes may have gone away together.
      await pause(backoff(1), signal).catch(() => undefined);
    }
  }
};

/** From a second to a quarter of a minute. */
const gentle = (count: number): number => jittered(Math.min(1_000 * 2 ** (count - 1), 15_000));

/** The shell's own exit status for a command that it can't find or can't run (POSIX 2.8.2). */
const isMissing = ({ exitCode }: ExecResult): boolean => exitCode === 126 || exitCode === 127;

const failure = ({ exitCode, exitSignal, stderr }: ExecResult): SshError => {
  const [lastLine] = stderr.trim().split('\n').slice(-1);
  const ending =
    exitCode === null ? `signal ${exitSignal ?? 'unknown'}` : `exit status ${exitCode}`;
  return new SshError(
    'command',
    `the command to follow ended with ${ending}${lastLine ? `: ${lastLine}` : ''}`,
    'run it by itself on the node to see why',
  );
};
