import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export type ProgramResult = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type StartOptions = {
  readonly environment?: NodeJS.ProcessEnv;
  /** Descriptor that takes the place of the pipe. */
  readonly stdout?: number | 'pipe';
};

/**
 * A user of the built program with a home and a working folder of their own: nothing of the
 * machine's own state comes in, nothing is left behind.
 */
export class User {
  readonly home: string;
  readonly folder: string;
  readonly #children: ChildProcess[] = [];

  private constructor(root: string) {
    this.home = path.join(root, 'home');
    this.folder = path.join(root, 'work');
  }

  static async create(): Promise<User> {
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

  /** Writes a file into the working folder. */
  async write(name: string, content: string): Promise<void> {
    const file = path.join(this.folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  /** Starts the program without a terminal. */
  start(
    words: readonly string[],
    { environment, stdout = 'pipe' }: StartOptions = {},
  ): ChildProcess {
    const child = spawn(process.execPath, [program, ...words], {
      cwd: this.folder,
      env: { ...this.environment, ...environment },
      stdio: ['ignore', stdout, 'pipe'],
    });
    this.#children.push(child);
    return child;
  }

  /** Starts the program in a terminal of 100 columns, by `script` of util-linux. */
  startInTerminal(
    words: readonly string[],
    { environment }: Pick<StartOptions, 'environment'> = {},
  ): ChildProcess {
    const command = `stty columns 100 rows 30; ${this.shellCommand(words)}`;
    return spawn('script', ['-qec', command, '/dev/null'], {
      cwd: this.folder,
      env: { ...this.environment, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** The program as a command of a shell. */
  shellCommand(words: readonly string[]): string {
    return [process.execPath, program, ...words].map((word) => `'${word}'`).join(' ');
  }

  /** Runs the program to its end. */
  run(words: readonly string[], options: StartOptions = {}): Promise<ProgramResult> {
    return finish(this.start(words, options));
  }

  /** Ends what this user started, the sandbox included, and removes the user. */
  async remove(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await this.run(['sandbox', 'stop']);
    await rm(path.dirname(this.home), { recursive: true, force: true });
  }
}

/** Whether `startInTerminal` can: other systems' `script` takes other options. */
export const hasTerminals =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

/** Waits for the program to print a text. */
export const printed = (child: ChildProcess, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      if (output.includes(text)) resolve();
    });
    child.on('close', () => reject(new Error(`ended without ${text}: ${output}`)));
  });

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
