import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtInConfig } from '../../source/config/built-in.ts';
import type { Config } from '../../source/config/config.ts';
import { createApiCallCounter } from '../../source/ec2/call-counter.ts';
import { createRegionCloud, type Ec2RegionCloud } from '../../source/ec2/region-cloud.ts';
import type { Emit, FleetEvent } from '../../source/events/event.ts';
import type { NodeLogLine } from '../../source/fleet/actions.ts';
import { FleetController, type FleetControllerOptions } from '../../source/fleet/controller.ts';
import { sshPortOf } from '../../source/fleet/ssh-port.ts';
import type { ActionState, NodeState } from '../../source/fleet/state.ts';
import { createFleetStore } from '../../source/fleet/store.ts';
import { buildPayload, type Payload } from '../../source/pipeline/payload/payload.ts';
import { loadRemoteScripts } from '../../source/pipeline/remote-script.ts';
import { buildUserData } from '../../source/pipeline/user-data.ts';
import { fastBootTimes } from '../../source/sandbox/endpoint/boot-times.ts';
import { type Endpoint, startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import type { FaultRequest } from '../../source/sandbox/fault.ts';
import { generateHostKey } from '../../source/sandbox/node/host-key.ts';
import { createNodeHypervisor, type NodeHypervisor } from '../../source/sandbox/node/hypervisor.ts';
import { createAdmission } from '../../source/ssh/admission.ts';
import { createConnection } from '../../source/ssh/node-connection.ts';

const templatesFolder = path.resolve('templates');
const accessKeyId = 'SANDBOXOFTHESETESTS';

/** A fleet of the shipped workload in a sandbox of its own, in this process: real HTTP and SSH. */
export class FleetUnderTest {
  /** What the controller works with: for another one at the same fleet. */
  readonly options: FleetControllerOptions;
  readonly controller: FleetController;
  readonly clouds: readonly Ec2RegionCloud[];
  /** Folder with the files for the nodes: `config`, `scripts` and `services`. */
  readonly files: string;
  readonly events: FleetEvent[] = [];
  /** New connections stand only once this is resolved. */
  reachable: Promise<void> = Promise.resolve();
  readonly #store = createFleetStore();
  readonly #opened: Ec2RegionCloud[] = [];
  readonly #folder: string;
  readonly #machines: { readonly endpoint: Endpoint; readonly hypervisor: NodeHypervisor };
  #happened = Promise.withResolvers<void>();

  static async open(
    regions: readonly string[],
    more: Partial<Config> = {},
  ): Promise<FleetUnderTest> {
    const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-fleet-'));
    const { line, privateKey } = generateHostKey();
    const [privateKeyPath, publicKeyPath] = [
      path.join(folder, 'key'),
      path.join(folder, 'key.pub'),
    ];
    await writeFile(privateKeyPath, privateKey);
    await writeFile(publicKeyPath, `${line}\n`);
    const files = path.join(folder, 'files');
    await cp(path.join(templatesFolder, 'deployments/bacalhau'), files, { recursive: true });
    const built = builtInConfig({ templatesFolder, privateKeyPath, publicKeyPath });
    const config: Config = {
      ...built,
      totalInstances: 3,
      settleTime: 100,
      regions: built.regions.filter(({ region }) => regions.includes(region)),
      payload: {
        ...built.payload,
        configDirectory: path.join(files, 'config'),
        scriptsDirectory: path.join(files, 'scripts'),
        unitsDirectory: path.join(files, 'services'),
      },
      ...more,
    };
    const hypervisor = await createNodeHypervisor({
      folder,
      fast: true,
      publicKeyLine: line,
      cutTime: 100,
    });
    const bootTimes = fastBootTimes;
    const endpoint = await startEndpoint({ hypervisor, bootTimes, accessKeyId });
    const scripts = await loadRemoteScripts(templatesFolder);
    const payload = await buildPayload(config, templatesFolder);
    const parts = { config, payload, privateKey, scripts };
    return new FleetUnderTest(folder, files, { endpoint, hypervisor }, parts);
  }

  private constructor(
    folder: string,
    files: string,
    machines: { readonly endpoint: Endpoint; readonly hypervisor: NodeHypervisor },
    {
      config,
      payload,
      privateKey,
      scripts,
    }: {
      config: Config;
      payload: Payload;
      privateKey: string;
      scripts: Awaited<ReturnType<typeof loadRemoteScripts>>;
    },
  ) {
    this.#folder = folder;
    this.files = files;
    this.#machines = machines;
    this.clouds = this.#openClouds(config);
    const admission = createAdmission(8);
    this.options = {
      config,
      payload,
      buildPayload: () => buildPayload(config, templatesFolder),
      scripts,
      buildUserData: () => buildUserData(config, templatesFolder),
      clouds: this.clouds,
      connect: (instance) =>
        createConnection({
          target: {
            host: instance.address ?? '',
            port: sshPortOf(instance, config),
            username: config.ssh.username,
          },
          identity: { type: 'key', privateKey },
          hostKey: async () => {
            await this.reachable;
            return { trusted: true };
          },
          admission,
        }),
      sshCommand: () => ({ file: 'ssh', arguments: [] }),
      emit: (event) => this.#hear(event),
      clock: Date.now,
      followLogs: false,
      watchFleet: false,
      by: 'somebody@somewhere',
      hasConsole: true,
    };
    this.controller = new FleetController(this.options);
  }

  /** A controller that knows nothing of what this process has done, as another process would. */
  openElsewhere(emit: Emit, changes: Partial<FleetControllerOptions> = {}): FleetController {
    const clouds = this.#openClouds(this.options.config);
    return new FleetController({ ...this.options, ...changes, clouds, emit });
  }

  #openClouds(config: Config): readonly Ec2RegionCloud[] {
    const clouds = config.regions.map((regionConfig) =>
      createRegionCloud({
        region: regionConfig.region,
        config,
        regionConfig,
        version: '0.1.0',
        calls: createApiCallCounter(),
        endpoint: this.#machines.endpoint.url,
        credentials: { accessKeyId, secretAccessKey: 'secret' },
      }),
    );
    this.#opened.push(...clouds);
    return clouds;
  }

  /** Does something bad to a node. */
  async harm(node: string, kind: 'cut-ssh' | 'stop-service'): Promise<void> {
    await this.#machines.endpoint.injectFault({ kind, target: node });
  }

  /** Lets EC2 refuse something. */
  async refuse(fault: FaultRequest): Promise<void> {
    await this.#machines.endpoint.injectFault(fault);
  }

  /** Lets EC2 refuse nothing any more. */
  clearFaults(): void {
    this.#machines.endpoint.clearFaults();
  }

  /** Ids of the instances that EC2 launched so far. */
  get launchedInstances(): string[] {
    return this.#machines.endpoint.ledger
      .entries()
      .flatMap((entry) => (entry.type === 'launched' ? entry.instanceId : []));
  }

  get notices(): string[] {
    return this.#store.getState().notices.map(({ message }) => message);
  }

  get nodes(): ReadonlyMap<string, NodeState> {
    return this.#store.getState().nodes;
  }

  node(name: string): NodeState {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`${name} is not there`);
    return node;
  }

  action(id: number): ActionState {
    const action = this.#store.getState().actions.find((each) => each.id === id);
    if (action === undefined) throw new Error(`action ${id} was not told`);
    return action;
  }

  /** Waits for an action's end, and tells of each node its status and detail. */
  async outcome(id: number): Promise<Record<string, string>> {
    await this.controller.actions.over(id);
    return Object.fromEntries(
      [...this.action(id).results].map(([node, { status, detail }]) => [
        node,
        `${status}: ${detail}`,
      ]),
    );
  }

  /** Waits until something is so; it is looked at after every event. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.#happened.promise;
  }

  /** Calls for everything that a followed log says, and that it can't. */
  follow(
    request: Pick<Parameters<FleetController['actions']['followLogs']>[0], 'nodes' | 'source'>,
    signal: AbortSignal,
  ): { lines: NodeLogLine[]; problems: string[]; over: Promise<void> } {
    const lines: NodeLogLine[] = [];
    const problems: string[] = [];
    const over = this.controller.actions.followLogs(
      {
        ...request,
        lines: 10,
        onLine: (line) => {
          lines.push(line);
          this.#wake();
        },
        onProblem: (node, problem) => {
          problems.push(`${node}: ${problem}`);
          this.#wake();
        },
      },
      signal,
    );
    return { lines, problems, over };
  }

  async close(): Promise<void> {
    await this.controller.close();
    for (const cloud of this.#opened) cloud.close();
    await this.#machines.endpoint.close();
    await this.#machines.hypervisor.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #hear(event: FleetEvent): void {
    this.events.push(event);
    this.#store.dispatch(event);
    this.#wake();
  }

  #wake(): void {
    this.#happened.resolve();
    this.#happened = Promise.withResolvers();
  }
}
