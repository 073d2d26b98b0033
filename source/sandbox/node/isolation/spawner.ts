import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type CommandEnd, launchStatus } from './node-root.ts';
import {
  type SpawnerAnswer,
  type SpawnRequest,
  type StreamEnd,
  tokenLength,
} from './spawner-protocol.ts';

/** A process that is being started, or runs, or has ended. */
export type StartedProcess = {
  /** Absent where standard input is ignored. */
  readonly stdin: Writable | undefined;
  /** Absent where the command writes to a pipe of the caller's. */
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  /** Settles once it runs, or has failed to; never rejects. */
  readonly started: Promise<void>;
  readonly exited: Promise<CommandEnd>;
  /** Undefined unless it runs. */
  pid(): number | undefined;
};

export type StartOptions = {
  readonly file: string;
  readonly words: readonly string[];
  readonly stdin: 'pipe' | 'ignore';
  /** Descriptors of the writing ends of pipes, to be kept open until the process has started. */
  readonly outputs?: { readonly stdout: number; readonly stderr: number };
};

/**
 * Starts commands from a small process of its own.
 *
 * To start a process is to copy the page tables of the one that does it, and whoever does it waits
 * meanwhile: some 50 µs for each megabyte of memory. A sandbox grows by about
 * a megabyte with each node, and starts dozens of processes for it: by itself it would spend most of
 * its time on that, and the more so the more nodes it has.
 */
export class Spawner {
  readonly #helper: ChildProcess;
  readonly #server: Server;
  readonly #socketName: string;
  /** Streams whose sockets have not come yet, by their tokens. */
  readonly #awaited = new Map<string, (socket: Socket) => void>();
  readonly #processes = new Map<number, (answer: SpawnerAnswer) => void>();
  #count = 0;

  /** @throws Error where it does not start. */
  static async open(): Promise<Spawner> {
    const socketName = `\0spot-tui-sandbox-${randomBytes(12).toString('hex')}`;
    const server = createServer();
    server.listen(socketName);
    await once(server, 'listening');
    const helper = spawn(process.execPath, [programPath], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      cwd: '/',
      env: {},
      detached: true,
    });
    try {
      await Promise.race([once(helper, 'message'), endOf(helper)]);
    } catch (error) {
      server.close();
      throw error;
    }
    return new Spawner(helper, server, socketName);
  }

  private constructor(helper: ChildProcess, server: Server, socketName: string) {
    this.#helper = helper;
    this.#server = server;
    this.#socketName = socketName;
    server.on('connection', (socket) => this.#accept(socket));
    helper.on('message', (answer: SpawnerAnswer) => this.#processes.get(answer.id)?.(answer));
    helper.once('exit', () => {
      for (const [id, hear] of this.#processes) hear({ id, type: 'failed' });
    });
  }

  /** Whether it can be asked for anything. */
  get isAlive(): boolean {
    return this.#helper.connected;
  }

  start({ file, outputs, stdin, words }: StartOptions): StartedProcess {
    this.#count += 1;
    const id = this.#count;
    const tokens: string[] = [];
    const socket = (take: (socket: Socket) => void): StreamEnd => {
      const token = randomBytes(tokenLength / 2).toString('hex');
      tokens.push(token);
      this.#awaited.set(token, take);
      return { type: 'socket', token };
    };
    const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const streams: StreamEnd[] = [
      stdin === 'pipe' ? socket(feeding(input)) : { type: 'none' },
      outputs === undefined
        ? socket(readingInto(output))
        : { type: 'pipe', descriptor: outputs.stdout },
      outputs === undefined
        ? socket(readingInto(errors))
        : { type: 'pipe', descriptor: outputs.stderr },
    ];
    const started = Promise.withResolvers<void>();
    const exited = Promise.withResolvers<CommandEnd>();
    let pid: number | undefined;
    const end = (how: CommandEnd) => {
      pid = undefined;
      this.#processes.delete(id);
      started.resolve();
      exited.resolve(how);
    };
    this.#processes.set(id, (answer) => {
      switch (answer.type) {
        case 'started':
          pid = answer.pid;
          started.resolve();
          break;
        case 'exited':
          end(answer.signal === null ? { code: answer.code ?? 255 } : { signal: answer.signal });
          break;
        case 'failed':
          for (const token of tokens) this.#awaited.delete(token);
          end({ code: launchStatus.program });
          for (const stream of [input, output, errors]) stream.destroy();
          break;
        default:
          answer satisfies never;
      }
    });
    const request: SpawnRequest = { id, file, words, socketName: this.#socketName, streams };
    this.#helper.send(request, (error) => {
      if (error !== null) this.#processes.get(id)?.({ id, type: 'failed' });
    });
    return {
      stdin: stdin === 'pipe' ? input : undefined,
      stdout: outputs === undefined ? output : undefined,
      stderr: outputs === undefined ? errors : undefined,
      started: started.promise,
      exited: exited.promise,
      pid: () => pid,
    };
  }

  async close(): Promise<void> {
    this.#server.close();
    if (!this.#helper.connected) return;
    const exited = once(this.#helper, 'exit');
    this.#helper.disconnect();
    await exited;
  }

  /** Whoever does not know a token is not the helper. */
  #accept(socket: Socket): void {
    socket.on('error', () => undefined);
    const identify = (): void => {
      const token: Buffer | null = socket.read(tokenLength);
      if (token === null) {
        if (!socket.readableEnded) socket.once('readable', identify);
        return;
      }
      const take = this.#awaited.get(token.toString());
      this.#awaited.delete(token.toString());
      if (take === undefined) socket.destroy();
      else take(socket);
    };
    identify();
  }
}

/** Rejects when it ends. */
const endOf = async (helper: ChildProcess): Promise<never> => {
  await once(helper, 'exit');
  throw new Error('the process that is to start commands has ended');
};

/** Passes on what is written, until the command takes no more. */
const feeding =
  (input: PassThrough) =>
  (socket: Socket): void => {
    socket.once('close', () => {
      if (input.writableFinished) input.destroy();
      else input.destroy(new Error('the command has closed its input'));
    });
    // It says nothing, but its end is noticed only by whoever reads.
    socket.resume();
    input.pipe(socket);
  };

const readingInto =
  (output: PassThrough) =>
  (socket: Socket): void => {
    // Without a reader the command finds its output closed.
    output.once('close', () => socket.destroy());
    socket.pipe(output);
    if (output.destroyed) socket.destroy();
  };

/** Next to this file: in the sources by its own name, in the bundle as an entry of its own. */
const programPath = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? './spawner-program.ts' : './spawner.js',
    import.meta.url,
  ),
);
