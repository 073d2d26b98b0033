import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import ssh2, { type Connection, type ParsedKey, type ServerChannel } from 'ssh2';
import type {
  Hypervisor,
  MachineAddress,
  MachineRequest,
} from '../../source/sandbox/hypervisor.ts';
import { answer, type CommandName, type ModelCommand, readCommand } from './model-commands.ts';
import { type MachineTimes, ModelMachine } from './model-machine.ts';

/** What may be done to a command on its way. */
export type Interference =
  /** The connection is reset: before anything is done, halfway through the input, or done and unsaid. */
  | { readonly type: 'reset'; readonly when: 'before' | 'middle' | 'after' }
  | { readonly type: 'delay'; readonly milliseconds: number }
  /** There is no answer, ever. */
  | { readonly type: 'hang' }
  /** The connection stays and nothing more comes through it. */
  | { readonly type: 'freeze' };

export type Interfere = (
  command: CommandName | 'handshake',
  machine: ModelMachine,
) => Interference | undefined;

export type ModelHypervisorOptions = {
  readonly times: () => MachineTimes;
  /** Asked before each command, and before each handshake. */
  readonly interfere: Interfere;
};

type Served = {
  readonly machine: ModelMachine;
  readonly server: Server;
  readonly sockets: Set<Socket>;
  readonly end: AbortController;
};

/** Machines of a model: real SSH servers that answer as a configured Ubuntu would. */
export class ModelHypervisor implements Hypervisor {
  readonly #options: ModelHypervisorOptions;
  readonly #served = new Map<string, Served>();
  /** Every command line that came, of all machines: what anybody on them could read. */
  readonly commandLines: string[] = [];
  /** Commands that the model does not know. */
  readonly unknown: string[] = [];
  /** Machines that were launched, those that are gone included. */
  readonly machines = new Map<string, ModelMachine>();

  constructor(options: ModelHypervisorOptions) {
    this.#options = options;
  }

  async launch(request: MachineRequest): Promise<MachineAddress> {
    const machine = new ModelMachine(request, this.#options.times());
    this.machines.set(request.instanceId, machine);
    const sockets = new Set<Socket>();
    const end = new AbortController();
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => undefined);
      if (!machine.isOpen) {
        socket.resetAndDestroy();
        return;
      }
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      this.#accept(machine, socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#served.set(request.instanceId, { machine, server, sockets, end });
    machine.boot(end.signal).catch(() => {
      // Terminated first.
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the port has no number');
    return { publicAddress: '127.0.0.1', privateAddress: '10.0.0.1', sshPort: address.port };
  }

  async terminate(instanceId: string): Promise<void> {
    const served = this.#served.get(instanceId);
    if (served === undefined) return;
    this.#served.delete(instanceId);
    served.end.abort();
    served.machine.isOpen = false;
    for (const socket of served.sockets) socket.destroy();
    served.server.close();
  }

  async consoleOutput(instanceId: string): Promise<string> {
    return this.#served.get(instanceId)?.machine.console ?? '';
  }

  async announceReclaim(instanceId: string, time: number): Promise<void> {
    this.#served.get(instanceId)?.machine.announce(time);
  }

  /** Resets every connection to a machine. */
  cut(instanceId: string): void {
    for (const socket of this.#served.get(instanceId)?.sockets ?? []) socket.resetAndDestroy();
  }

  #accept(machine: ModelMachine, socket: Socket): void {
    const interference = this.#options.interfere('handshake', machine);
    switch (interference?.type) {
      case 'reset':
        socket.resetAndDestroy();
        return;
      case 'hang':
      case 'freeze':
        socket.resume();
        return;
      case 'delay':
        setTimeout(() => this.#serve(machine, socket), interference.milliseconds);
        return;
      case undefined:
        this.#serve(machine, socket);
        return;
      default:
        interference satisfies never;
    }
  }

  #serve(machine: ModelMachine, socket: Socket): void {
    if (socket.destroyed) return;
    const allowed = publicKeyOf(machine.request.publicKey);
    const server = new ssh2.Server(
      { hostKeys: [(machine.offeredKey ?? machine.hostKey).privateKey] },
      (connection) => {
        connection.on('error', () => undefined);
        connection.on('authentication', (context) => {
          // Whoever gets here has taken the key for the machine's own.
          if (machine.offeredKey !== undefined) {
            this.unknown.push(`a login at ${machine.request.instanceId}, whose key is not its own`);
          }
          const isAllowed =
            context.method === 'publickey' && context.key.data.equals(allowed.getPublicSSH());
          if (isAllowed) context.accept();
          else context.reject(['publickey']);
        });
        this.#serveSessions(machine, connection, socket);
      },
    );
    server.injectSocket(socket);
  }

  #serveSessions(machine: ModelMachine, connection: Connection, socket: Socket): void {
    connection.on('session', (acceptSession) => {
      const session = acceptSession();
      session.on('signal', (accept) => accept?.());
      session.on('exec', (accept, _reject, { command }) => {
        this.commandLines.push(command);
        this.#run(machine, command, accept(), socket).catch((error: unknown) => {
          this.unknown.push(`the model failed: ${String(error)}`);
        });
      });
    });
  }

  async #run(
    machine: ModelMachine,
    line: string,
    channel: ServerChannel,
    socket: Socket,
  ): Promise<void> {
    const command = readCommand(line);
    if (command.name === 'unknown') this.unknown.push(line.slice(0, 200));
    const closed = new AbortController();
    channel.once('close', () => closed.abort());
    channel.on('error', () => undefined);
    await this.#perform(machine, command, { channel, socket, input: collect(channel), closed });
  }

  async #perform(
    machine: ModelMachine,
    command: ModelCommand,
    way: {
      readonly channel: ServerChannel;
      readonly socket: Socket;
      readonly input: ReturnType<typeof collect>;
      readonly closed: AbortController;
    },
  ): Promise<void> {
    const { channel, socket, input, closed } = way;
    const interference = this.#options.interfere(command.name, machine);
    switch (interference?.type) {
      case 'reset':
        if (interference.when === 'before') return reset(socket);
        if (interference.when === 'middle') {
          await input.begun;
          return reset(socket);
        }
        break;
      case 'hang':
        return;
      case 'freeze':
        socket.pause();
        socket.removeAllListeners('data');
        return;
      case 'delay':
        await new Promise((resolve) => setTimeout(resolve, interference.milliseconds));
        break;
      case undefined:
        break;
      default:
        interference satisfies never;
    }
    const { exitCode, next, stderr, stdout } = await answer({
      machine,
      command,
      input: () => input.whole,
      print: (text) => channel.write(text),
      signal: closed.signal,
    });
    if (interference?.type === 'reset') return reset(socket);
    if (closed.signal.aborted || socket.destroyed) return;
    if (next !== undefined) return this.#perform(machine, next, way);
    if (stdout !== undefined) channel.write(stdout);
    if (stderr !== undefined) channel.stderr.write(stderr);
    channel.exit(exitCode);
    channel.end();
  }
}

const reset = (socket: Socket): void => {
  if (!socket.destroyed) socket.resetAndDestroy();
};

const publicKeyOf = (line = ''): ParsedKey => {
  const parsed = ssh2.utils.parseKey(line);
  if (parsed instanceof Error) throw parsed;
  const [key] = Array.isArray(parsed) ? parsed : [parsed];
  if (key === undefined) throw new Error('the instance has no key');
  return key;
};

/** What comes in: that something does, and all of it. It never ends when the channel breaks. */
const collect = (
  channel: ServerChannel,
): { readonly begun: Promise<void>; readonly whole: Promise<Buffer> } => {
  const begun = Promise.withResolvers<void>();
  const whole = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  channel.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    begun.resolve();
  });
  channel.on('end', () => {
    begun.resolve();
    whole.resolve(Buffer.concat(chunks));
  });
  return { begun: begun.promise, whole: whole.promise };
};
