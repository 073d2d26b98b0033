import type { Socket } from 'node:net';
import path from 'node:path';
import { type Answer, type Call, complain } from './call.ts';
import { drained, openPipe, readSmall, removeFiles, writeNew } from './call-files.ts';

/** Calls with more bytes of arguments and environment than this are not read. */
const maximumRequest = 1 << 20;
const maximumInput = 1 << 24;
/** Milliseconds after which a session's number may be another's. */
const rememberedFor = 5000;
const suffixes = ['', '.in', '.request', '.out', '.err', '.status', '.stdin'];

/**
 * Answers the calls of a node's stand-in programs (`templates/sandbox/call`) through pipes and files
 * in a folder that both sides see.
 *
 * Whatever lies in that folder was put there by the node: names are numbers, links are not followed,
 * and nothing is written but to pipes and to files that did not exist.
 */
export class CallServer {
  readonly #folder: string;
  readonly #answer: Answer;
  readonly #innerUid: (uid: number) => number;
  readonly #onProblem: (problem: string) => void;
  readonly #underWay = new Map<AbortController, { session: number }>();
  /** Pipes of calls that are under way. */
  readonly #pipes = new Set<Socket>();
  /** Sessions whose clients are gone, and since when. */
  readonly #gone = new Map<number, number>();
  #requests: Socket | undefined;

  constructor(options: {
    readonly folder: string;
    readonly answer: Answer;
    readonly innerUid: (uid: number) => number;
    /** Hears of calls that could not be answered. */
    readonly onProblem: (problem: string) => void;
  }) {
    this.#folder = options.folder;
    this.#answer = options.answer;
    this.#innerUid = options.innerUid;
    this.#onProblem = options.onProblem;
  }

  /** Begins to answer; once the node's folder is there and before anything runs in the node. */
  open(): void {
    const requests = openPipe(path.join(this.#folder, 'requests'), 'read');
    this.#requests = requests;
    let rest = '';
    requests.setEncoding('latin1').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = (lines.pop() ?? '').slice(-100);
      for (const line of lines) {
        if (!/^\d{1,10}$/.test(line)) continue;
        this.#take(line).catch((error: unknown) => {
          // A caller that was killed takes its files along.
          if (isMissing(error)) return;
          this.#onProblem(`a call could not be answered: ${String(error)}`);
        });
      }
    });
  }

  /** Stops to answer; calls that are under way are aborted. */
  close(): void {
    this.#requests?.destroy();
    this.#requests = undefined;
    for (const controller of this.#underWay.keys()) controller.abort();
    // Nobody will read any more: a pipe that is full would be waited for without end.
    for (const pipe of this.#pipes) pipe.destroy();
  }

  /** Ends what a session waits for whose client is gone. */
  hangUp(session: number): void {
    // A call may be on its way that has not arrived yet.
    this.#gone.set(session, Date.now());
    for (const [other, time] of this.#gone) {
      if (Date.now() - time > rememberedFor) this.#gone.delete(other);
    }
    for (const [controller, call] of this.#underWay) {
      if (call.session === session) controller.abort();
    }
  }

  #openPipe(file: string, purpose: 'write' | 'watch'): Socket {
    const pipe = openPipe(file, purpose);
    this.#pipes.add(pipe);
    pipe.once('close', () => this.#pipes.delete(pipe));
    return pipe;
  }

  async #take(number: string): Promise<void> {
    const controller = new AbortController();
    this.#underWay.set(controller, { session: 0 });
    try {
      await this.#serve(path.join(this.#folder, number), controller);
    } finally {
      this.#underWay.delete(controller);
      controller.abort();
      await removeFiles(suffixes.map((suffix) => `${path.join(this.#folder, number)}${suffix}`));
    }
  }

  async #serve(stem: string, controller: AbortController): Promise<void> {
    const request = await readRequest(`${stem}.request`);
    // Closed meanwhile: pipes that are opened now would be waited for without end.
    if (controller.signal.aborted) return;
    this.#underWay.set(controller, { session: request.session });
    if (Date.now() - (this.#gone.get(request.session) ?? 0) < rememberedFor) controller.abort();
    const user = this.#innerUid(request.owner);
    const reply = this.#openPipe(stem, 'write');
    let liveness: Socket | undefined;
    try {
      const caller = this.#openPipe(`${stem}.in`, 'watch');
      liveness = caller;
      const gone = new Promise<void>((resolve) => caller.once('close', () => resolve()));
      // Our own second end of the pipe hides that nobody reads what is still in it.
      caller.once('close', () => reply.destroy());
      const exchange = new Exchange(stem, { ...request, user }, reply, caller, controller);
      const status = await this.#answer(exchange.call).catch((error: unknown) => {
        this.#onProblem(`${request.program} ${request.words.join(' ')}: ${String(error)}`);
        return complain(exchange.call, `${request.program}: the sandbox failed: ${String(error)}`);
      });
      await exchange.finish(status);
      // The caller may still be reading; its files are removed once it is gone.
      await gone;
    } finally {
      reply.destroy();
      liveness?.destroy();
    }
  }
}

/** One call's way back to its caller. */
class Exchange {
  readonly call: Call;
  readonly #stem: string;
  readonly #reply: Socket;
  #output = '';
  #complaint = '';
  #streaming = false;

  constructor(
    stem: string,
    request: Request & Pick<Call, 'user'>,
    reply: Socket,
    caller: Socket,
    controller: AbortController,
  ) {
    this.#stem = stem;
    this.#reply = reply;
    let inputIsThere = (): void => undefined;
    caller.on('data', () => inputIsThere());
    caller.once('close', () => {
      controller.abort();
      inputIsThere();
    });
    this.call = {
      program: request.program,
      words: request.words,
      directory: request.directory,
      environment: request.environment,
      user: request.user,
      signal: controller.signal,
      out: (text) => {
        if (this.#streaming) reply.write(text);
        else this.#output += text;
      },
      err: (text) => {
        this.#complaint += text;
      },
      stream: () => {
        if (this.#streaming) return;
        this.#streaming = true;
        reply.write('0 stream\n');
        reply.write(this.#output);
        this.#output = '';
      },
      input: async () => {
        const arrived = new Promise<void>((resolve) => {
          inputIsThere = resolve;
        });
        reply.write('0 stdin\n');
        await arrived;
        if (controller.signal.aborted) return '';
        return (await readSmall(`${stem}.stdin`, maximumInput)).text;
      },
    };
  }

  async finish(status: number): Promise<void> {
    const [output, complaint] = [this.#output, this.#complaint];
    if (this.#streaming) {
      await writeNew(`${this.#stem}.err`, complaint);
      await writeNew(`${this.#stem}.status`, `${status}\n`);
      await drained(this.#reply);
      this.#reply.destroy();
    } else if (output === '' && complaint === '') {
      this.#reply.write(`${status} none\n`);
    } else if (
      complaint === '' &&
      /^[^\n\\]{1,200}\n$/.test(output) &&
      output.trim() === output.slice(0, -1)
    ) {
      this.#reply.write(`${status} line ${output}`);
    } else {
      await writeNew(`${this.#stem}.out`, output);
      await writeNew(`${this.#stem}.err`, complaint);
      this.#reply.write(`${status} files\n`);
    }
  }
}

type Request = Pick<Call, 'program' | 'words' | 'directory' | 'environment'> & {
  /** Uid, on the machine of the sandbox, of who called. */
  readonly owner: number;
  /** Process that leads the caller's session; 0 where that is unknown. */
  readonly session: number;
};

const readRequest = async (file: string): Promise<Request> => {
  const { text, owner } = await readSmall(file, maximumRequest);
  const fields = text.split('\0');
  const [program = '', directory = '/', user = '', session = '', count = '0'] = fields;
  const end = 5 + (Number.parseInt(count, 10) || 0);
  const environment: Record<string, string> = {};
  for (const field of fields.slice(end)) {
    const at = field.indexOf('=');
    if (at > 0) environment[field.slice(0, at)] = field.slice(at + 1);
  }
  return {
    program,
    directory,
    words: fields.slice(5, end),
    environment: { USER: user, ...environment },
    owner,
    session: Number.parseInt(session, 10) || 0,
  };
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
