import { setTimeout as sleep } from 'node:timers/promises';
import type {
  ExecOptions,
  ExecResult,
  NodeConnection,
  SshTarget,
} from '../../../source/ssh/connection.ts';
import { SshError } from '../../../source/ssh/ssh-error.ts';
import type { CommandService, Invocation } from './command-service.ts';
import type { ObjectStore } from './object-store.ts';

/** Milliseconds between questions for what has become of something. */
const pollInterval = 10;

export type CommandConnectionOptions = {
  readonly service: CommandService;
  readonly store: ObjectStore;
  readonly instanceId: string;
};

/** A node that is reached by messages: nothing ever connects to it. */
export class CommandConnection implements NodeConnection {
  readonly target: SshTarget;
  readonly #options: CommandConnectionOptions;

  constructor(options: CommandConnectionOptions) {
    this.#options = options;
    this.target = { host: options.instanceId, port: 0, username: 'ubuntu' };
  }

  async connect(signal: AbortSignal, onWaiting?: (reason: string) => void): Promise<void> {
    const { instanceId, service } = this.#options;
    if (!service.isOnline(instanceId)) onWaiting?.('its agent has not reported yet');
    while (!service.isOnline(instanceId)) await sleep(pollInterval, undefined, { signal });
  }

  /** What would go through standard input goes by way of the store, once for all nodes. */
  async exec(
    command: string,
    { maximumOutput = 2 ** 20, onLine, onProgress, signal, stdin }: ExecOptions,
  ): Promise<ExecResult> {
    const { instanceId, service, store } = this.#options;
    onProgress?.(0, stdin?.length ?? 0);
    const input = stdin === undefined ? {} : { inputUrl: await store.put(stdin) };
    const commandId = service.send(instanceId, { command, ...input });
    const { exitCode, stdout, stderr } = await this.#end(commandId, signal);
    for (const line of linesOf(stdout)) onLine?.(line, 'stdout');
    for (const line of linesOf(stderr)) onLine?.(line, 'stderr');
    if (exitCode === 0 && stdin !== undefined) onProgress?.(stdin.length, stdin.length);
    return { exitCode, stdout: stdout.slice(-maximumOutput), stderr: stderr.slice(-maximumOutput) };
  }

  async #end(
    commandId: string,
    signal: AbortSignal,
  ): Promise<Extract<Invocation, { status: 'Done' }>> {
    for (;;) {
      const invocation = this.#options.service.invocation(commandId);
      if (invocation.status === 'Done') return invocation;
      await sleep(pollInterval, undefined, { signal });
    }
  }

  /** What is followed does not end, and nothing is seen of a command before its end. */
  async follow(): Promise<void> {
    throw new SshError(
      'command',
      'nothing can be followed through Run Command',
      'Read it where the nodes send their logs.',
    );
  }

  close(): void {
    // There is nothing open.
  }
}

const linesOf = (output: string): string[] => output.split('\n').filter((line) => line !== '');
