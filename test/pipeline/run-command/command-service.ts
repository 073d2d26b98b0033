import { randomUUID } from 'node:crypto';

/** What a node is told to do: all that fits into a message. */
export type Message = {
  readonly commandId: string;
  /** Runs under the login user's shell. */
  readonly command: string;
  /** Where the command's standard input is fetched from. */
  readonly inputUrl?: string;
};

/** What has become of a command: nothing is seen of it before its end. */
export type Invocation =
  | { readonly status: 'InProgress' }
  | {
      readonly status: 'Done';
      /** Null when a signal ended it. */
      readonly exitCode: number | null;
      readonly stdout: string;
      readonly stderr: string;
    };

/**
 * What AWS' documents say of Run Command: the size of a document (Systems Manager endpoints and
 * quotas), and how many characters of output GetCommandInvocation shows, the first ones.
 */
export const limits = { message: 64 * 1024, stdout: 24_000, stderr: 8_000 } as const;

/**
 * Carries commands as Systems Manager does: into a mailbox that the node's agent empties, without a
 * stream in either direction.
 */
export class CommandService {
  /** Bytes of each message so far. */
  readonly sent: number[] = [];
  readonly #stdoutLimit: number;
  readonly #mailboxes = new Map<string, Message[]>();
  readonly #polls = new Map<string, (message: Message) => void>();
  readonly #invocations = new Map<string, Invocation>();

  constructor(stdoutLimit: number = limits.stdout) {
    this.#stdoutLimit = stdoutLimit;
  }

  /** Whether the instance's agent has asked for messages. */
  isOnline(instanceId: string): boolean {
    return this.#mailboxes.has(instanceId);
  }

  /** For the controller: leaves a command for a node, and gives its id. */
  send(instanceId: string, content: Omit<Message, 'commandId'>): string {
    const message = { commandId: randomUUID(), ...content };
    const size = Buffer.byteLength(JSON.stringify(message));
    if (size > limits.message) throw new Error(`a message of ${size} bytes is too large`);
    this.sent.push(size);
    this.#invocations.set(message.commandId, { status: 'InProgress' });
    const poll = this.#polls.get(instanceId);
    this.#polls.delete(instanceId);
    if (poll === undefined) this.#mailbox(instanceId).push(message);
    else poll(message);
    return message.commandId;
  }

  /** For the controller: what has become of a command. */
  invocation(commandId: string): Invocation {
    const invocation = this.#invocations.get(commandId);
    if (invocation === undefined) throw new Error(`no command ${commandId}`);
    return invocation;
  }

  /** For the agent: waits for the next message. */
  receive(instanceId: string, signal: AbortSignal): Promise<Message> {
    const next = this.#mailbox(instanceId).shift();
    if (next !== undefined) return Promise.resolve(next);
    return new Promise((resolve, reject) => {
      this.#polls.set(instanceId, resolve);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  /** For the agent: how a command ended. */
  report(commandId: string, end: Omit<Extract<Invocation, { status: 'Done' }>, 'status'>): void {
    this.#invocations.set(commandId, {
      status: 'Done',
      exitCode: end.exitCode,
      stdout: end.stdout.slice(0, this.#stdoutLimit),
      stderr: end.stderr.slice(0, limits.stderr),
    });
  }

  #mailbox(instanceId: string): Message[] {
    const mailbox = this.#mailboxes.get(instanceId) ?? [];
    this.#mailboxes.set(instanceId, mailbox);
    return mailbox;
  }
}
