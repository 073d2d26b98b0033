import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import type {
  Hypervisor,
  MachineAddress,
  MachineRequest,
} from '../../source/sandbox/hypervisor.ts';
import { answer, readCommand } from '../../test/reliability/model-commands.ts';
import { ModelMachine } from '../../test/reliability/model-machine.ts';

/** Everything takes no time: memory is what is measured. */
const times = { boot: 0, cloudInit: 0, configure: 0 };

/** Machines of the model behind SSH servers of this process, whose journals say what they are told. */
export class LoggingMachines implements Hypervisor {
  readonly #consoles = new Map<string, ModelMachine>();
  readonly #journals = new Set<ServerChannel>();
  /** How often machines were inspected. */
  looks = 0;

  async launch(request: MachineRequest): Promise<Required<MachineAddress>> {
    const machine = new ModelMachine(request, times);
    await machine.boot(new AbortController().signal);
    this.#consoles.set(request.instanceId, machine);
    const server = createServer({ noDelay: true }, (socket) => {
      const session = new ssh2.Server({ hostKeys: [machine.hostKey.privateKey] }, (connection) =>
        this.#serve(machine, connection),
      );
      session.injectSocket(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { publicAddress: '127.0.0.1', privateAddress: '10.0.0.1', sshPort: port };
  }

  async terminate(): Promise<void> {
    // They end with this process.
  }

  async consoleOutput(instanceId: string): Promise<string> {
    return this.#consoles.get(instanceId)?.console ?? '';
  }

  /** Writes a line to every journal that is followed; resolves once the network has taken it. */
  async print(number: number): Promise<void> {
    const time = Date.now() * 1000;
    await Promise.all(
      [...this.#journals].map(async (channel, index) => {
        const line = JSON.stringify({
          __CURSOR: `s=4c1d;i=${number};b=9f2e;m=${time}`,
          __REALTIME_TIMESTAMP: String(time),
          _SYSTEMD_UNIT: 'bacalhau.service',
          MESSAGE: `INF ${number} pkg/node/heartbeat.go:${index} > sent heartbeat [NodeID:n-${index}-${number}] latency=${number % 97}ms queue=0`,
        });
        if (!channel.write(`${line}\n`)) await once(channel, 'drain');
      }),
    );
  }

  #serve(machine: ModelMachine, connection: Connection): void {
    connection.on('error', () => connection.end());
    connection.on('authentication', (context) => context.accept());
    connection.on('session', (accept) => {
      const session = accept();
      session.on('signal', (acceptSignal) => acceptSignal?.());
      session.on('exec', (acceptExec, _reject, { command }) => {
        void this.#run(machine, command, acceptExec());
      });
    });
  }

  async #run(machine: ModelMachine, line: string, channel: ServerChannel): Promise<void> {
    const closed = new AbortController();
    const chunks: Buffer[] = [];
    channel.on('data', (chunk: Buffer) => chunks.push(chunk));
    channel.on('error', () => closed.abort());
    channel.once('close', () => {
      this.#journals.delete(channel);
      closed.abort();
    });
    const input = once(channel, 'end').then(() => Buffer.concat(chunks));
    let command = readCommand(line);
    if (command.name === 'inspect-node') this.looks += 1;
    if (command.name === 'journal' && command.arguments.includes('--follow')) {
      this.#journals.add(channel);
    }
    for (;;) {
      const { exitCode, next, stderr, stdout } = await answer({
        machine,
        command,
        input: () => input,
        print: (text) => channel.write(text),
        signal: closed.signal,
      });
      if (next !== undefined) {
        command = next;
        continue;
      }
      if (closed.signal.aborted) return;
      if (stdout !== undefined) channel.write(stdout);
      if (stderr !== undefined) channel.stderr.write(stderr);
      channel.exit(exitCode);
      channel.end();
      return;
    }
  }
}
