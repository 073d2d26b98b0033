import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Of the terminal in which programs are measured. */
export const size = { columns: 120, rows: 40 } as const;

/** What a program wrote at once. */
export type Output = {
  /** Milliseconds of the machine's monotonic clock. */
  readonly time: number;
  readonly bytes: Buffer;
};

/** What happened in a terminal. */
export type Session = {
  readonly output: readonly Output[];
  /** When keys were typed; milliseconds of the same clock. */
  readonly keys: readonly number[];
  /** What the program said on its file descriptor 3, a line each. */
  readonly said: readonly string[];
};

export type TerminalOptions = {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** Added to an environment with nothing but what programs need to find each other. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Hears each line that the program says on its file descriptor 3, and may type. */
  readonly onLine?: (line: string, type: (keys: string) => void) => void;
};

/**
 * Runs a program in a terminal and writes down when what came.
 *
 * @throws Error if it fails, with what it wrote last.
 */
export const runInTerminal = async (options: TerminalOptions): Promise<Session> => {
  const { command, environment = {}, onLine, signal } = options;
  const holder = spawn(
    'python3',
    [
      path.join(import.meta.dirname, 'pseudo-terminal.py'),
      String(size.columns),
      String(size.rows),
      ...command,
    ],
    {
      stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        ...environment,
      },
      signal,
    },
  );
  const output: Output[] = [];
  const keys: number[] = [];
  const said: string[] = [];
  let status: string | undefined;
  const type = (text: string): void => {
    const { stdin } = holder;
    if (stdin?.writable === true) stdin.write(`${Buffer.from(text).toString('hex')}\n`);
  };
  const told = readLines(holder.stdout, (line) => {
    const [kind, first = '', second = ''] = line.split(' ');
    if (kind === 'o') output.push({ time: toTime(first), bytes: Buffer.from(second, 'hex') });
    else if (kind === 'i') keys.push(toTime(first));
    else status = first;
  });
  const heard = readLines(holder.stdio[3], (line) => {
    said.push(line);
    onLine?.(line, type);
  });
  await Promise.all([ended(holder), told, heard]);
  if (status !== '0') {
    const tail = Buffer.concat(output.slice(-20).map(({ bytes }) => bytes)).toString();
    throw new Error(`${command.slice(0, 3).join(' ')} ended with ${status}: ${tail.slice(-2000)}`);
  }
  return { output, keys, said };
};

/** Nanoseconds in milliseconds. */
export const toTime = (nanoseconds: string): number => Number(nanoseconds) / 1e6;

const ended = async (child: ChildProcess): Promise<void> => {
  await once(child, 'close');
};

const readLines = async (
  stream: ChildProcess['stdio'][number],
  onLine: (line: string) => void,
): Promise<void> => {
  for await (const line of createInterface({ input: stream as Readable })) onLine(line);
};
