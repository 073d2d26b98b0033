import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export type Ending = {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended the program. */
  readonly status: number | null;
};

/** Runs a program without input until it has ended. */
export const runToEnd = async (
  file: string,
  args: readonly string[],
  options: {
    readonly signal: AbortSignal;
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
  },
): Promise<Ending> => {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }),
  ]);
  return { stdout, stderr, status };
};
