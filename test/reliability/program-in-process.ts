import { AsyncLocalStorage } from 'node:async_hooks';
import dns from 'node:dns';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Invocation } from '../../source/commands/command.ts';
import { exitStatusOf } from '../../source/commands/exit-status.ts';
import { parseArguments } from '../../source/commands/parse-arguments.ts';
import { reportError } from '../../source/commands/report-error.ts';

/** What a call of the program came to. */
export type ProgramEnd = {
  /** Null when it was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** The world as a run in this process sees it, whatever others see. */
export type World = {
  /** Milliseconds by which its clock is wrong. */
  clockOffset: number;
  /** Whether names are resolved. */
  hasDns: boolean;
  /** Errors that nobody handled. */
  readonly unhandled: string[];
};

const worlds = new AsyncLocalStorage<World>();

/** Lets each run of this process have its own clock and name service. To be called once. */
export const separateWorlds = (endpointHost: string): void => {
  const RealDate = Date;
  const now = Date.now.bind(Date);
  const shifted = () => now() + (worlds.getStore()?.clockOffset ?? 0);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given: readonly unknown[], newTarget) =>
      Reflect.construct(target, given.length === 0 ? [shifted()] : given, newTarget) as Date,
    get: (target, name, receiver) =>
      name === 'now' ? shifted : Reflect.get(target, name, receiver),
  });
  const lookup = dns.lookup;
  const answer = (...given: unknown[]) => {
    const [host] = given;
    const callback = given.at(-1);
    if (host !== endpointHost || typeof callback !== 'function') {
      return Reflect.apply(lookup, dns, given);
    }
    const options = given.length > 2 ? given[1] : {};
    const isAll =
      typeof options === 'object' && options !== null && 'all' in options && options.all;
    const world = worlds.getStore();
    setImmediate(() => {
      if (world?.hasDns === false) {
        callback(
          Object.assign(new Error(`getaddrinfo EAI_AGAIN ${endpointHost}`), {
            code: 'EAI_AGAIN',
            syscall: 'getaddrinfo',
            hostname: endpointHost,
          }),
        );
      } else if (isAll) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    });
    return {};
  };
  Reflect.set(dns, 'lookup', answer);
  process.setMaxListeners(0);
  const note = (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const world = worlds.getStore();
    if (world === undefined) throw error;
    world.unhandled.push(text);
  };
  process.on('unhandledRejection', note);
};

export type ProgramOptions = {
  readonly home: string;
  readonly folder: string;
  readonly world: World;
  /** Hears each line of standard output. */
  readonly onLine: (line: string) => void;
};

/**
 * Runs the program as its `main` does, but for the end of the process: the same parser, the same
 * commands, the same messages.
 */
export const runProgram = (
  words: readonly string[],
  { folder, home, onLine, world }: ProgramOptions,
): Promise<ProgramEnd> =>
  worlds.run(world, async () => {
    const stdout = new Sink(onLine);
    const stderr = new Sink(() => undefined);
    const environment = { HOME: home, PATH: process.env.PATH, CI: 'true' };
    const root = path.resolve(import.meta.dirname, '../..');
    let status: number;
    try {
      const parsed = parseArguments(words, import.meta);
      if (parsed.type !== 'run') throw new Error(`nothing runs by ${words.join(' ')}`);
      const command = await parsed.command.load();
      status = await command.run({
        words: parsed.words,
        remoteCommand: parsed.remoteCommand,
        options: parsed.options,
        environment,
        stdin: Readable.from([]) as unknown as Invocation['stdin'],
        stdout: stdout as unknown as Invocation['stdout'],
        stderr: stderr as unknown as Invocation['stderr'],
        readerGone: new AbortController().signal,
        currentFolder: folder,
        programFolder: path.join(root, 'dist'),
        templatesFolder: path.join(root, 'templates'),
      });
    } catch (error) {
      reportError(error, {
        stderr: stderr as unknown as Invocation['stderr'],
        debug: false,
        environment,
      });
      status = exitStatusOf(error);
    }
    return { status, stdout: stdout.text, stderr: stderr.text };
  });

/** Keeps what is written to it. */
class Sink extends Writable {
  readonly #onLine: (line: string) => void;
  #rest = '';
  text = '';

  constructor(onLine: (line: string) => void) {
    super({ decodeStrings: false });
    this.#onLine = onLine;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk;
    const lines = `${this.#rest}${chunk}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
    done();
  }
}
