import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type CommandResult = {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
};

/**
 * Runs a program to its end.
 *
 * @returns Its exit status; a name such as ENOENT if it could not be started.
 */
export const runCommand = (
  command: string,
  words: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<CommandResult> =>
  new Promise((resolve) => {
    execFile(command, words, { cwd: folder, env: environment }, (error, stdout, stderr) => {
      resolve({ status: error?.code ?? (error === null ? 0 : 'signal'), stdout, stderr });
    });
  });

/**
 * Someone's account on a machine that has Node.js and npm and has never installed anything: an empty
 * home, an empty cache, and a registry that has nothing and remembers what it was asked for.
 */
export class CleanMachine {
  readonly #root: string;
  readonly #nodeFolder: string;
  readonly #registry = createServer(({ method, url }, response) => {
    this.requests.push(`${method} ${url}`);
    response.writeHead(404).end();
  });
  #registryUrl = '';
  readonly requests: string[] = [];

  private constructor(root: string, nodeFolder: string) {
    this.#root = root;
    this.#nodeFolder = nodeFolder;
  }

  /** @param nodeFolder Where its `node` is. */
  static async create(nodeFolder: string): Promise<CleanMachine> {
    const machine = new CleanMachine(
      await mkdtemp(path.join(tmpdir(), 'spot-tui-package-')),
      nodeFolder,
    );
    await Promise.all([mkdir(machine.#home), mkdir(machine.folder)]);
    machine.#registry.listen(0, '127.0.0.1');
    await once(machine.#registry, 'listening');
    const address = machine.#registry.address();
    if (address === null || typeof address === 'string')
      throw new Error('the registry has no port');
    machine.#registryUrl = `http://127.0.0.1:${address.port}/`;
    return machine;
  }

  get #home(): string {
    return path.join(this.#root, 'home');
  }

  /** Where its user works. */
  get folder(): string {
    return path.join(this.#root, 'work');
  }

  /** Runs what is on its PATH, installed packages first. */
  run(command: string, words: readonly string[]): Promise<CommandResult> {
    const bin = path.join(this.folder, 'node_modules/.bin');
    return runCommand(command, words, this.folder, {
      PATH: [bin, this.#nodeFolder, process.env.PATH].join(path.delimiter),
      HOME: this.#home,
      LANG: 'C.UTF-8',
      AWS_EC2_METADATA_DISABLED: 'true',
      npm_config_registry: this.#registryUrl,
      // What npm asks on its own account, whatever is installed.
      npm_config_audit: 'false',
      npm_config_update_notifier: 'false',
    });
  }

  async remove(): Promise<void> {
    await this.run('spot-tui', ['sandbox', 'stop']);
    this.#registry.close();
    this.#registry.closeAllConnections();
    await rm(this.#root, { recursive: true, force: true });
  }
}
