import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export type ProgramResult = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/**
 * A user of the built program with a home and a working folder of their own: nothing of the
 * machine's own state comes in, nothing is left behind.
 */
export class User {
  readonly home: string;
  readonly folder: string;

  private constructor(root: string) {
    this.home = path.join(root, 'home');
    this.folder = path.join(root, 'work');
  }

  static async create(): Promise<User> {
    const { mkdir } = await import('node:fs/promises');
    const user = new User(await mkdtemp(path.join(tmpdir(), 'spot-tui-user-')));
    await mkdir(user.home);
    await mkdir(user.folder);
    return user;
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      HOME: this.home,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** Starts the program without a terminal. */
  start(words: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawn(process.execPath, [program, ...words], {
      cwd: this.folder,
      env: { ...this.environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs the program to its end. */
  async run(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<ProgramResult> {
    return finish(this.start(words, environment));
  }

  /** Ends this user's sandbox and removes the user. */
  async remove(): Promise<void> {
    await this.run(['sandbox', 'stop']);
    await rm(path.dirname(this.home), { recursive: true, force: true });
  }
}

/** Waits for a started program. */
export const finish = async (child: ChildProcess): Promise<ProgramResult> => {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr };
};

/** The objects of NDJSON output. */
export const lines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
