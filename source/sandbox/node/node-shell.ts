import { createInterface } from 'node:readline';
import { buffer, text } from 'node:stream/consumers';
import type { NodeRoot, RunningCommand } from './isolation/node-root.ts';
import { searchPath } from './isolation/skeleton.ts';

export type ScriptResult = {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
};

/**
 * Runs the sandbox's own scripts in a node, as its root. All that the sandbox reads and writes in a
 * node's files goes this way: within the node, no link leads out of it.
 */
export class NodeShell {
  readonly #root: NodeRoot;

  constructor(root: NodeRoot) {
    this.#root = root;
  }

  /**
   * Runs a script under POSIX sh. Where the node has no root of its own it finds that under
   * `$SPOT_TUI_ROOT`, and must put that before all paths.
   */
  async run(
    script: string,
    words: readonly string[] = [],
    stdin?: Buffer | string,
  ): Promise<ScriptResult> {
    const command = this.#start(script, words, stdin);
    const [stdout, stderr, end] = await Promise.all([
      text(command.stdout),
      text(command.stderr),
      command.ended,
    ]);
    return { status: end.code ?? 255, stdout, stderr };
  }

  /** Runs a script, and calls for each line that it prints, as it comes. */
  async follow(
    script: string,
    words: readonly string[],
    stdin: string,
    onLine: (line: string) => void,
  ): Promise<{ readonly status: number }> {
    const command = this.#start(script, words, stdin);
    createInterface({ input: command.stdout }).on('line', onLine);
    command.stderr.resume();
    const end = await command.ended;
    return { status: end.code ?? 255 };
  }

  /** What a script prints, byte by byte. */
  async runForBytes(script: string): Promise<Buffer> {
    const command = this.#start(script, []);
    command.stderr.resume();
    return buffer(command.stdout);
  }

  #start(script: string, words: readonly string[], stdin?: Buffer | string): RunningCommand {
    const command = this.#root.run({
      words: ['/bin/sh', '-c', script, 'sandbox', ...words],
      user: 'root',
      environment: { PATH: searchPath, HOME: '/root', LC_ALL: 'C.UTF-8' },
      directory: '/',
      stdin: stdin === undefined ? 'ignore' : 'pipe',
      manner: 'sandbox',
    });
    // A script that ends early does not take all of its input: its status tells.
    command.stdin?.on('error', () => undefined);
    command.stdin?.end(stdin);
    return command;
  }

  /** A file's text; undefined where it can't be read. */
  async read(path: string): Promise<string | undefined> {
    const { status, stdout } = await this.run('cat -- "$SPOT_TUI_ROOT$1"', [path]);
    return status === 0 ? stdout : undefined;
  }
}
