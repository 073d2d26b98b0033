import { execFile } from 'node:child_process';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname as machineName, uptime } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Answer } from '../stand-ins/call.ts';
import { answeredPrograms } from './base-folder.ts';
import { endedCommand, launch, type ProcessWithin } from './launch.ts';
import type { NodeCommand, NodeRoot, RunningCommand } from './node-root.ts';
import type { ShippedScripts } from './shipped-scripts.ts';
import { parseSimpleCommand } from './simple-command.ts';
import { answeredCommand, pretendedCommand, refusing, saying } from './unreal-commands.ts';

/** Stand-ins that are scripts, and reach nothing but the node. */
const ownPrograms = ['curl'];

/** Programs that only read, and only what they are given by name. */
const readers = ['cat', 'head', 'tail', 'sha256sum', 'ls', 'wc'];

/**
 * A node without walls around it, for machines that offer none. Nothing runs here but what the
 * product ships, which keeps to the root prefix, and what the sandbox answers by itself. Services
 * with programs of their own are said to run.
 */
export class PrefixRoot implements NodeRoot {
  readonly kind = 'prefix';
  readonly distinguishesUsers = false;
  readonly callsFolder: string;
  readonly #folder: string;
  readonly #root: string;
  readonly #hostname: string;
  readonly #searchPath: string;
  readonly #shipped: ShippedScripts;
  readonly #answer: Answer;
  readonly #reason: string;
  readonly #running = new Set<RunningCommand>();
  #isUp = false;

  constructor(options: {
    readonly folder: string;
    readonly hostname: string;
    /** Folder of the stand-in programs. */
    readonly programs: string;
    /** `PATH` of the machine. */
    readonly searchPath: string;
    readonly shipped: ShippedScripts;
    readonly answer: Answer;
    /** Why there are no walls. */
    readonly reason: string;
  }) {
    this.#folder = options.folder;
    this.#root = path.join(options.folder, 'root');
    this.#hostname = options.hostname;
    this.#searchPath = `${options.programs}:${options.searchPath}`;
    this.#shipped = options.shipped;
    this.#answer = options.answer;
    this.#reason = options.reason;
    this.callsFolder = path.join(this.#root, 'run', 'sandbox');
  }

  innerUid(): number {
    return 0;
  }

  innerPath(file: string): string {
    const below = path.relative(this.#root, file);
    return below.startsWith('..') ? file : `/${below}`;
  }

  async start(): Promise<void> {
    const local = path.join(this.#root, 'usr', 'local');
    await cp(path.join(this.#folder, 'usr-local'), local, { recursive: true });
    await rm(this.callsFolder, { recursive: true, force: true });
    await mkdir(this.callsFolder, { recursive: true });
    await promisify(execFile)('mkfifo', [path.join(this.callsFolder, 'requests')]);
    const random = path.join(this.#root, 'proc', 'sys', 'kernel', 'random');
    await mkdir(random, { recursive: true });
    await writeFile(
      path.join(random, 'boot_id'),
      await readFile(path.join(this.#folder, 'boot-id')),
    );
    this.#isUp = true;
  }

  run(command: NodeCommand): RunningCommand {
    if (!this.#isUp) return endedCommand();
    const running = this.#start(command);
    this.#running.add(running);
    void running.ended.then(() => this.#running.delete(running));
    return running;
  }

  admitCommand(command: string): string {
    const library = path.join(this.#root, 'usr', 'local', 'lib', 'spot-tui');
    const isOwn =
      this.#shipped.hasCommand(command) &&
      ['prepare-node.sh', 'configure-services.sh', 'render-template.sh'].every((name) =>
        this.#isShippedFile(path.join(library, name)),
      );
    return isOwn ? command : `echo 'sandbox: a command of the user data was left out here'`;
  }

  async fillDisk(): Promise<void> {
    throw new Error(
      `a disk can't be filled here, since nodes have none of their own: ${this.#reason}`,
    );
  }

  async stop(): Promise<void> {
    this.#isUp = false;
    const running = [...this.#running];
    for (const command of running) command.signal('SIGKILL');
    await Promise.all(running.map((command) => command.exited));
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #start(command: NodeCommand): RunningCommand {
    if (command.manner === 'sandbox') return this.#spawn(command, command.words);
    if (command.terminal === true) {
      return saying(`No shell here: ${this.#reason}\n`, { code: 1 });
    }
    const [shell, option, line] = command.words;
    const parsed =
      command.manner === 'login' && shell === '/bin/bash' && option === '-c'
        ? parseSimpleCommand(line ?? '')
        : { words: command.words, discardsErrors: false };
    const words = parsed?.words ?? [];
    const [program = ''] = words;
    const name = program.replace(/^\/(?:usr\/)?s?bin\//, '');
    if ((answeredPrograms as readonly string[]).includes(name)) {
      return answeredCommand(this.#answer, command, name, words.slice(1));
    }
    if (name === 'sh' && words[1] === '-c' && this.#shipped.has(words[2] ?? '')) {
      return this.#spawn(command, words);
    }
    if (program.startsWith('/') && this.#isShippedFile(path.join(this.#root, program))) {
      return this.#spawn(command, ['sh', path.join(this.#root, program), ...words.slice(1)]);
    }
    if (command.manner === 'service') return pretendedCommand(command);
    if (ownPrograms.includes(name)) {
      return this.#spawn(command, [name, ...words.slice(1)]);
    }
    if (readers.includes(name)) return this.#read(command, name, words.slice(1));
    const known = this.#wellKnown(name, words.slice(1));
    if (known !== undefined) return known;
    return refusing(
      `${program === '' ? (line ?? 'a shell') : program}: not run in this sandbox, since nothing would keep it from your machine: ${this.#reason}\n`,
    );
  }

  #spawn(command: NodeCommand, words: readonly string[]): RunningCommand {
    this.#tellUptime();
    const inside = (file: string): string => path.join(this.#root, file);
    const appendTo = {
      ...(command.appendTo?.stdout === undefined
        ? {}
        : { stdout: inside(command.appendTo.stdout) }),
      ...(command.appendTo?.stderr === undefined
        ? {}
        : { stderr: inside(command.appendTo.stderr) }),
    };
    return launch(
      [],
      {
        ...command,
        words,
        directory: inside(command.directory),
        appendTo,
        environment: {
          ...command.environment,
          PATH: this.#searchPath,
          HOME: inside('/root'),
          SPOT_TUI_ROOT: this.#root,
        },
      },
      itself,
    );
  }

  /** Not every machine has `/proc`, and by this the age of a service is told. */
  #tellUptime(): void {
    try {
      writeFileSync(path.join(this.#root, 'proc', 'uptime'), `${uptime()} 0\n`);
    } catch {
      // On a full disk the command itself has something to say.
    }
  }

  /** Runs a program that only reads, on files of the node. */
  #read(command: NodeCommand, program: string, words: readonly string[]): RunningCommand {
    const files: string[] = [];
    for (const word of words) {
      if (word.startsWith('-')) {
        if (word.includes('/') || word.includes('='))
          return refusing(`${program}: ${word} is not simulated here\n`);
        files.push(word);
        continue;
      }
      const file = path.join(this.#root, path.resolve(command.directory, word));
      if (/^\d+$/.test(word)) files.push(word);
      else if (this.#isInside(file)) files.push(file);
      else return refusing(`${program}: ${word}: No such file or directory\n`, 1);
    }
    return this.#spawn({ ...command, directory: '/' }, [program, ...files]);
  }

  #wellKnown(program: string, words: readonly string[]): RunningCommand | undefined {
    switch (program) {
      case 'true':
        return saying('', { code: 0 });
      case 'false':
        return saying('', { code: 1 });
      case 'echo':
        return saying(`${words.join(' ')}\n`, { code: 0 });
      case 'hostname':
        return saying(`${this.#hostname}\n`, { code: 0 });
      case 'uname':
        return saying(`Linux (sandbox on ${machineName()})\n`, { code: 0 });
      case 'whoami':
        return saying('ubuntu\n', { code: 0 });
      default:
        return undefined;
    }
  }

  #isShippedFile(file: string): boolean {
    try {
      return this.#isInside(file) && this.#shipped.has(readFileSync(file, 'utf8'));
    } catch {
      // What can't be read is none of ours.
      return false;
    }
  }

  /** Whether no link leads from there out of the node. */
  #isInside(file: string): boolean {
    try {
      const real = realpathSync(file);
      const root = realpathSync(this.#root);
      return real === root || real.startsWith(`${root}${path.sep}`);
    } catch {
      // What is not there is nowhere.
      return false;
    }
  }
}

const itself: ProcessWithin = {
  pid: (outer) => outer,
  terminal: () => undefined,
  signal: (outer, name, scope) => {
    try {
      process.kill(scope === 'group' ? -outer : outer, name);
    } catch {
      // It has ended meanwhile.
    }
  },
};
