import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { childrenOf, type ProcessorTime, processorTimeOf } from './processor-time.ts';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'dist/cli.js');

/** What bringing nodes to ready took, in milliseconds. */
export type Brought = {
  readonly time: number;
  /** Of the processor, for the process that did it. */
  readonly client: number;
  /** Of the processor, for the sandbox's own processes. */
  readonly sandbox: number;
};

/** A sandbox of its own, with nothing in it yet. */
export class SandboxRun {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  #pid = 0;

  private constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
    this.#environment = { HOME: folder, PATH: process.env.PATH, CI: 'true' };
  }

  /** Runs the work in it, and ends it. */
  static async use<Result>(
    folder: string,
    signal: AbortSignal,
    work: (run: SandboxRun) => Promise<Result>,
  ): Promise<Result> {
    await mkdir(folder, { recursive: true });
    const run = new SandboxRun(folder, signal);
    try {
      await run.#call('list', '--sandbox=fast');
      const { pid } = JSON.parse(await readFile(run.#address, 'utf8')) as { pid: number };
      run.#pid = pid;
      return await work(run);
    } finally {
      await promisify(execFile)(process.execPath, [program, 'sandbox', 'stop'], {
        cwd: folder,
        env: run.#environment,
      });
    }
  }

  /** As people do it. */
  create(nodes: number): Promise<Brought> {
    const words = ['create', '--ci', '--sandbox=fast', '--count', String(nodes)];
    return this.#measure([program, ...words]);
  }

  /** @param bare Path of `bare-program.ts`, bundled. */
  bare(bare: string, nodes: number): Promise<Brought> {
    return this.#measure([bare, String(nodes), this.#address, path.join(root, 'templates')]);
  }

  get #address(): string {
    return path.join(this.#folder, '.local/state/spot-tui/sandbox/sandbox.json');
  }

  async #call(...words: readonly string[]): Promise<void> {
    await promisify(execFile)(process.execPath, [program, ...words], {
      cwd: this.#folder,
      env: this.#environment,
      signal: this.#signal,
    });
  }

  async #measure(words: readonly string[]): Promise<Brought> {
    const before = await this.#sandboxTime();
    const begin = performance.now();
    const child = spawn(process.execPath, words, {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: this.#signal,
    });
    // How much a process took is not told once it has ended: the last look counts.
    let last: ProcessorTime = { own: 0, children: 0 };
    const timer = setInterval(() => {
      processorTimeOf(child.pid ?? 0).then(
        (time) => {
          last = time;
        },
        // It has just ended.
        () => undefined,
      );
    }, 100);
    try {
      const [said, complaint, status] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        new Promise<number | null>((resolve, reject) => {
          child.once('error', reject);
          child.once('close', resolve);
        }),
      ]);
      const time = performance.now() - begin;
      if (status !== 0) {
        throw new Error(`it ended with ${status}: ${`${said}\n${complaint}`.trim().slice(-1500)}`);
      }
      return { time, client: last.own, sandbox: (await this.#sandboxTime()) - before };
    } finally {
      clearInterval(timer);
    }
  }

  /** Of the sandbox and of what starts its commands, without the commands. */
  async #sandboxTime(): Promise<number> {
    let sum = (await processorTimeOf(this.#pid)).own;
    for (const child of await childrenOf(this.#pid)) {
      const words = await readFile(`/proc/${child}/cmdline`, 'utf8');
      if (words.includes('spawner')) sum += (await processorTimeOf(child)).own;
    }
    return sum;
  }
}
