import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/**
 * Runs a program to its end.
 *
 * @throws Error with the end of what it said when that is not 0.
 */
export const runProgram = async (
  file: string,
  args: readonly string[],
  options: {
    readonly signal: AbortSignal;
    readonly folder: string;
    readonly environment?: Readonly<Record<string, string>>;
  },
): Promise<void> => {
  const { signal, folder, environment = {} } = options;
  const child = spawn(file, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    signal,
  });
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }),
  ]);
  if (status === 0) return;
  throw new Error(`${file} ended with ${status}: ${`${stdout}${stderr}`.trim().slice(-2_000)}`);
};
