import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ProgramEnd } from './program-in-process.ts';

export type ProcessOptions = {
  readonly home: string;
  readonly folder: string;
  /** What the environment says of EC2. */
  readonly environment: Readonly<Record<string, string>>;
  /** Hears each line of standard output, and may end the process. */
  readonly onLine: (line: string, child: ChildProcess) => void;
  readonly onStart?: (child: ChildProcess) => void;
};

/** Runs the built program as a process of its own, which can be killed. */
export const runProcess = async (
  words: readonly string[],
  { environment, folder, home, onLine, onStart }: ProcessOptions,
): Promise<ProgramEnd> => {
  const program = path.resolve(import.meta.dirname, '../../dist/cli.js');
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: home, CI: 'true', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout += `${line}\n`;
    onLine(line, child);
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr };
};
