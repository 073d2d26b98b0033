import { runToEnd } from '../run-to-end.ts';

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
  const { stdout, stderr, status } = await runToEnd(file, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    signal,
  });
  if (status === 0) return;
  throw new Error(`${file} ended with ${status}: ${`${stdout}${stderr}`.trim().slice(-2_000)}`);
};
