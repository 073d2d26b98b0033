import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { finish, User } from '../commands/program.ts';
import { projectFolder } from '../docs/pages.ts';
import { oldCheckout, writeOldCheckout } from '../old-checkout.ts';
import type { Statement } from './shown-statements.ts';
import { Terminal } from './terminal.ts';

const checkout = fileURLToPath(projectFolder);
const program = path.join(checkout, 'dist/cli.js');

/**
 * What statements may use of the machine. Whatever else they name has to be decided on: a page that
 * says `apt-get install` must not do that where the tests run.
 */
const tools = [
  ...['awk', 'bash', 'cat', 'chmod', 'cp', 'cut', 'date', 'diff', 'dirname', 'env', 'false'],
  ...[
    'find',
    'getent',
    'grep',
    'head',
    'hostname',
    'id',
    'install',
    'jq',
    'ls',
    'mkdir',
    'mktemp',
    'mv',
  ],
  ...['printf', 'rm', 'sed', 'seq', 'sh', 'sha256sum', 'sleep', 'sort', 'ssh', 'ssh-keygen'],
  ...['stty', 'tail', 'tee', 'test', 'touch', 'tr', 'true', 'uname', 'uniq', 'wc', 'xargs'],
];

/** What stands in for a program: what it was called with is kept, and judged by the test. */
const standIn = (log: string): string => `#!/bin/sh
for word; do
  case $word in *[!A-Za-z0-9_./:=@+,-]*|'') printf " '%s'" "$word";; *) printf ' %s' "$word";; esac
done | { printf '%s' "\${0##*/}"; cat; echo; } >>'${log}'
`;

/** The program, with the sandbox in place of AWS where the line does not name it. */
const sandboxed = `#!/bin/sh
for word; do
  case $word in
    --) break ;;
    --sandbox | --sandbox=*) exec '${process.execPath}' '${program}' "$@" ;;
  esac
done
exec '${process.execPath}' '${program}' --sandbox "$@"
`;

export type Outcome = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** How a statement is run: to its end, for somebody at a terminal, or until it has said something. */
export type Manner =
  | { readonly type: 'to-end' }
  | { readonly type: 'terminal' }
  | { readonly type: 'until'; readonly said: RegExp };

/** Milliseconds after which a statement that does not end is a failure. */
const patience = 120_000;

/** Somebody who types what the pages show, with a home and a sandbox of their own. */
export class Reader {
  readonly #user: User;
  #count = 0;

  private constructor(user: User) {
    this.#user = user;
  }

  /** @param standIns programs that must not be run */
  static async create(standIns: readonly string[]): Promise<Reader> {
    const user = await User.create();
    const reader = new Reader(user);
    await mkdir(reader.#bin);
    // Beside the folders in which statements are run.
    for (const name of ['aws-spot-deployer', 'old-checkout']) {
      await writeOldCheckout(path.join(user.folder, name), oldCheckout);
    }
    const search = (process.env.PATH ?? '').split(':');
    const find = (name: string): string | undefined =>
      search.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
    for (const name of tools) {
      const file = find(name);
      if (file !== undefined) await symlink(file, path.join(reader.#bin, name));
    }
    await symlink(process.execPath, path.join(reader.#bin, 'node'));
    for (const name of standIns) await reader.#script(name, standIn(reader.#log));
    await reader.#script('spot-tui', sandboxed);
    // It runs what follows as if the reader were root.
    await reader.#script('sudo', '#!/bin/sh\nexec "$@"\n');
    const npm = find('npm') ?? 'npm';
    await reader.#script(
      'npm',
      `#!/bin/sh\n[ "$1" != start ] || exec '${process.execPath}' '${npm}' "$@"\n${standIn(reader.#log).replace('#!/bin/sh\n', '')}`,
    );
    return reader;
  }

  /** An empty folder. */
  newFolder(): Promise<string> {
    return mkdtemp(path.join(this.#user.folder, 'folder-'));
  }

  /** A folder that looks like the checkout, and in which others can be made. */
  async newCheckout(): Promise<string> {
    const folder = await this.newFolder();
    for (const name of await readdir(checkout)) {
      if (!name.startsWith('.')) await symlink(path.join(checkout, name), path.join(folder, name));
    }
    return folder;
  }

  /**
   * Runs a statement as it is written.
   *
   * @param state A file with what statements before it have left; this one's is added.
   */
  async run(
    { files = {}, place, text }: Pick<Statement, 'files' | 'place' | 'text'>,
    manner: Manner,
    folder: string,
    state?: string,
  ): Promise<Outcome> {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(path.join(folder, name), content);
    }
    this.#count += 1;
    const file = path.join(this.#user.home, `statement-${this.#count}.sh`);
    await writeFile(
      file,
      [
        'set -o pipefail',
        'shopt -s expand_aliases',
        ...(state === undefined ? [] : [`[ ! -e '${state}' ] || . '${state}'`]),
        text,
        'status=$?',
        ...proofs(text),
        ...(state === undefined ? [] : [`{ export -p; printf 'cd %q\\n' "$PWD"; } >'${state}'`]),
        'exit $status',
        '',
      ].join('\n'),
    );
    const env = {
      ...this.#user.environment,
      PATH: this.#bin,
      // What is made there goes along with the reader.
      TMPDIR: this.#user.home,
      npm_config_update_notifier: 'false',
      ...(place === 'workflow'
        ? {
            CI: 'true',
            GITHUB_ACTIONS: 'true',
            GITHUB_STEP_SUMMARY: path.join(this.#user.home, 'summary.md'),
          }
        : {}),
    };
    if (manner.type === 'terminal') {
      return Terminal.run(['bash', file], { cwd: folder, env, patience });
    }
    const child = spawn('/bin/sh', ['-c', 'exec bash "$0"', file], {
      cwd: folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => endGroup(child, 'SIGKILL'), patience);
    if (manner.type === 'until') {
      let output = '';
      child.stdout.on('data', (chunk) => {
        const wasSaid = manner.said.test(output);
        output += chunk;
        if (!wasSaid && manner.said.test(output)) endGroup(child, 'SIGINT');
      });
    }
    try {
      return await finish(child);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs the program itself, to prepare what statements presuppose. */
  program(words: readonly string[], folder: string): Promise<Outcome> {
    const child = spawn(process.execPath, [program, ...words], {
      cwd: folder,
      env: this.#user.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return finish(child);
  }

  /** What stand-ins were called with, each with the name of the program. */
  async calls(): Promise<readonly string[]> {
    if (!existsSync(this.#log)) return [];
    return (await readFile(this.#log, 'utf8')).split('\n').filter((line) => line !== '');
  }

  remove(): Promise<void> {
    return this.#user.remove();
  }

  get #bin(): string {
    return path.join(this.#user.home, 'bin');
  }

  get #log(): string {
    return path.join(this.#user.home, 'calls');
  }

  #script(name: string, text: string): Promise<void> {
    return writeFile(path.join(this.#bin, name), text, { mode: 0o755 });
  }
}

/** What shows that a statement without output has done something. */
const proofs = (text: string): readonly string[] => {
  if (/^alias spot-tui=/.test(text)) return ['spot-tui --version || status=$?'];
  if (/^eval .*completion/.test(text)) return ['complete -p spot-tui || status=$?'];
  return [];
};

const endGroup = ({ pid }: ChildProcess, signal: NodeJS.Signals): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
};
