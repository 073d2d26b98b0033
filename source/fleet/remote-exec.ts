import type { NodeConnection } from '../ssh/connection.ts';
import type { NodeResult } from './action-log.ts';

/** What is kept of a command's output on one node: the end of it. */
const keptLines = 500;
const keptCharacters = 64 * 1024;

export type RemoteExecOptions = {
  readonly signal: AbortSignal;
  /** Hears every line as it comes, also those that are not kept. */
  readonly onLine?: (line: string) => void;
  /** Called when the signal's abortion ends the command, see `ExecOptions.onStop`. */
  readonly onStop?: (taken: Promise<boolean>) => void;
};

/**
 * Runs a command line in the login user's shell, without a terminal. When the signal aborts it is
 * sent SIGTERM and its channel is closed.
 *
 * @throws ConnectionLostError or SshError when it can't be told how the command ended.
 */
export const execOnNode = async (
  connection: NodeConnection,
  command: string,
  { onLine, onStop, signal }: RemoteExecOptions,
): Promise<NodeResult> => {
  const tail = createLineTail();
  const { exitCode, exitSignal } = await connection.exec(command, {
    signal,
    maximumOutput: 0,
    ...(onStop === undefined ? {} : { onStop }),
    onLine: (line) => {
      tail.add(line);
      onLine?.(line);
    },
  });
  const output = tail.lines();
  if (exitCode === null) {
    return { status: 'failed', detail: `killed by ${exitSignal ?? 'a signal'}`, output };
  }
  return {
    status: exitCode === 0 ? 'succeeded' : 'failed',
    detail: `exit status ${exitCode}`,
    exitStatus: exitCode,
    output,
  };
};

/** The last lines that were added, with how many there were before them. */
export const createLineTail = (
  limits: { readonly lines: number; readonly characters: number } = {
    lines: keptLines,
    characters: keptCharacters,
  },
) => {
  const kept: string[] = [];
  let size = 0;
  let leftOut = 0;
  return {
    add: (line: string): void => {
      const text =
        line.length > limits.characters ? `${line.slice(0, limits.characters - 1)}…` : line;
      kept.push(text);
      size += text.length;
      while (kept.length > limits.lines || size > limits.characters) {
        size -= kept.shift()?.length ?? 0;
        leftOut += 1;
      }
    },
    lines: (): string[] =>
      leftOut === 0 ? kept : [`(${leftOut} ${leftOut === 1 ? 'line' : 'lines'} before)`, ...kept],
  };
};
