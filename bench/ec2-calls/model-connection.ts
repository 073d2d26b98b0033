import { setTimeout as sleep } from 'node:timers/promises';
import type { HostKeyCheck } from '../../source/pipeline/host-key/check-host-key.ts';
import type {
  ExecOptions,
  ExecResult,
  NodeConnection,
  SshTarget,
} from '../../source/ssh/connection.ts';
import { SshError } from '../../source/ssh/ssh-error.ts';
import { answer, readCommand } from '../../test/reliability/model-commands.ts';
import type { ModelMachine } from '../../test/reliability/model-machine.ts';

/** Milliseconds between two attempts to reach a machine that boots. */
const pause = 1_000;

/** A connection to a machine of the model, without a network in between. */
export class ModelConnection implements NodeConnection {
  readonly target: SshTarget = { host: '127.0.0.1', port: 22, username: 'ubuntu' };
  readonly #machine: ModelMachine;
  readonly #hostKey: HostKeyCheck;
  readonly #closed = new AbortController();
  #isTrusted = false;

  constructor(machine: ModelMachine, hostKey: HostKeyCheck) {
    this.#machine = machine;
    this.#hostKey = hostKey;
  }

  async connect(signal: AbortSignal): Promise<void> {
    if (this.#isTrusted) return;
    while (!this.#machine.isOpen) await sleep(pause, undefined, { signal });
    this.#hostKey.prefetch(signal);
    const { fingerprint, line } = this.#machine.hostKey;
    const verdict = await this.#hostKey.source({ type: 'ssh-ed25519', fingerprint, line }, signal);
    if (!verdict.trusted) throw new SshError('host-key', verdict.reason, verdict.hint);
    this.#isTrusted = true;
  }

  async exec(line: string, options: ExecOptions): Promise<ExecResult> {
    await this.connect(options.signal);
    const { onLine = () => undefined, stdin = Buffer.alloc(0) } = options;
    const signal = AbortSignal.any([options.signal, this.#closed.signal]);
    const {
      exitCode,
      stderr = '',
      stdout = '',
    } = await answer({
      machine: this.#machine,
      command: readCommand(line),
      input: () => Promise.resolve(stdin),
      print: (text) => onLine(text.trimEnd(), 'stdout'),
      signal,
    });
    signal.throwIfAborted();
    for (const each of stdout.split('\n').slice(0, -1)) onLine(each, 'stdout');
    options.onProgress?.(stdin.length, stdin.length);
    return { exitCode, stdout, stderr };
  }

  async follow(
    command: () => string,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await this.exec(command(), { signal, onLine });
  }

  close(): void {
    this.#closed.abort(new Error('closed'));
  }
}
