import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { noBootTimes } from '../../../source/sandbox/node/boot-times.ts';
import { generateHostKey } from '../../../source/sandbox/node/host-key.ts';
import { type Isolation, openIsolation } from '../../../source/sandbox/node/isolation/isolation.ts';
import type { NodeRoot } from '../../../source/sandbox/node/isolation/node-root.ts';
import { Machine } from '../../../source/sandbox/node/machine.ts';
import { NodeShell } from '../../../source/sandbox/node/node-shell.ts';
import { Logins } from '../../../source/sandbox/node/sshd/login.ts';
import { Turnstile } from '../../../source/sandbox/node/turnstile.ts';
import type { NodeConnection } from '../../../source/ssh/connection.ts';
import { CommandConnection } from './command-connection.ts';
import { CommandService, type Message } from './command-service.ts';
import { ObjectStore } from './object-store.ts';

const templatesFolder = path.resolve('templates');

type CommandedNode = {
  readonly machine: Machine;
  readonly agent: Promise<void>;
  readonly launched: Promise<unknown>;
};

/**
 * The sandbox's machines, which run the shipped scripts, each with an agent that does what its
 * messages say. Nobody logs in to them: the key that could is thrown away.
 */
export class CommandedNodes {
  readonly store: ObjectStore;
  readonly #service: CommandService;
  readonly #folder: string;
  readonly #isolation: Isolation;
  readonly #turnstile = new Turnstile(2);
  readonly #publicKey = generateHostKey().line;
  readonly #machines = new Map<string, CommandedNode>();
  readonly #ending = new AbortController();

  static async open(service = new CommandService()): Promise<CommandedNodes> {
    const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-commanded-'));
    const isolation = await openIsolation({ folder, templatesFolder, choice: 'best' });
    return new CommandedNodes(service, await ObjectStore.open(), folder, isolation);
  }

  private constructor(
    service: CommandService,
    store: ObjectStore,
    folder: string,
    isolation: Isolation,
  ) {
    this.#service = service;
    this.store = store;
    this.#folder = folder;
    this.#isolation = isolation;
  }

  /** Boots a machine with what cloud-init is given. */
  async launch(instanceId: string, userData: string): Promise<void> {
    const { signal } = this.#ending;
    signal.throwIfAborted();
    const allowed = ssh2.utils.parseKey(this.#publicKey);
    if (allowed instanceof Error) throw allowed;
    const folder = path.join(this.#folder, instanceId);
    const root = this.#isolation.makeRoot({
      folder,
      hostname: instanceId,
      answer: (call) => machine.answer(call),
      onLost: () => machine.powerChange('reboot'),
    });
    const machine: Machine = new Machine({
      instanceId,
      hostname: instanceId,
      folder,
      userData,
      publicKey: this.#publicKey,
      allowed,
      root,
      times: noBootTimes,
      cutTime: 0,
      builtInUnits: new Map(),
      turnstile: this.#turnstile,
      makeFolder: () => this.#isolation.makeFolder(folder),
    });
    const agent = runAgent(this.#service, instanceId, root, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    const launched = machine.launch();
    this.#machines.set(instanceId, { machine, agent, launched });
    await launched;
  }

  connect(instanceId: string): NodeConnection {
    return new CommandConnection({ service: this.#service, store: this.store, instanceId });
  }

  async terminate(instanceId: string): Promise<void> {
    const node = this.#machines.get(instanceId);
    // What ends before it listens would listen for ever.
    await node?.launched;
    await node?.machine.terminate();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.all([...this.#machines.keys()].map((instanceId) => this.terminate(instanceId)));
    await Promise.all([...this.#machines.values()].map(({ agent }) => agent));
    await this.store.close();
    await this.#isolation.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Asks for messages once the machine is up; several commands may run at a time. */
const runAgent = async (
  service: CommandService,
  instanceId: string,
  root: NodeRoot,
  signal: AbortSignal,
): Promise<void> => {
  const shell = new NodeShell(root);
  while ((await shell.run('true')).status !== 0) await sleep(10, undefined, { signal });
  const login = await new Logins(shell).login('ubuntu');
  for (;;) {
    const message = await service.receive(instanceId, signal);
    void carryOut(message, root, login).then((end) => service.report(message.commandId, end));
  }
};

/** Runs as root on a real node, where it has to become the login user: `/tmp/exs` is theirs. */
const carryOut = async (
  { command, inputUrl }: Message,
  root: NodeRoot,
  { environment, home, user }: Awaited<ReturnType<Logins['login']>>,
) => {
  const stdin = inputUrl === undefined ? undefined : await download(inputUrl);
  const running = root.run({
    words: ['/bin/bash', '-c', command],
    user,
    environment,
    directory: home,
    stdin: stdin === undefined ? 'ignore' : 'pipe',
    manner: 'login',
  });
  // A command need not read all of its input.
  running.stdin?.on('error', () => undefined);
  running.stdin?.end(stdin);
  const [stdout, stderr, end] = await Promise.all([
    text(running.stdout),
    text(running.stderr),
    running.ended,
  ]);
  return { exitCode: end.code ?? null, stdout, stderr };
};

const download = async (url: string): Promise<Buffer> =>
  Buffer.from(await (await fetch(url)).arrayBuffer());
