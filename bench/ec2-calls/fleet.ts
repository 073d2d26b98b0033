import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { builtInConfig } from '../../source/config/built-in.ts';
import type { Config } from '../../source/config/config.ts';
import { createApiCallCounter } from '../../source/ec2/call-counter.ts';
import { createRegionCloud } from '../../source/ec2/region-cloud.ts';
import { FleetController } from '../../source/fleet/controller.ts';
import { createFleetStore } from '../../source/fleet/store.ts';
import { checkHostKey } from '../../source/pipeline/host-key/check-host-key.ts';
import { ConsoleWatch } from '../../source/pipeline/host-key/console-watch.ts';
import { buildPayload } from '../../source/pipeline/payload/payload.ts';
import { loadRemoteScripts } from '../../source/pipeline/remote-script.ts';
import { buildUserData } from '../../source/pipeline/user-data.ts';
import { realisticBootTimes } from '../../source/sandbox/endpoint/boot-times.ts';
import { startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import type {
  Hypervisor,
  MachineAddress,
  MachineRequest,
} from '../../source/sandbox/hypervisor.ts';
import { generateHostKey } from '../../source/sandbox/node/host-key.ts';
import { createAdmission } from '../../source/ssh/admission.ts';
import { ModelMachine } from '../../test/reliability/model-machine.ts';
import { between, type FleetCalls, type FleetToCount, totalOf } from './counts.ts';
import { ModelConnection } from './model-connection.ts';
import { VirtualTime } from './virtual-time.ts';

/** About what machines take, in milliseconds; all alike, so that counts are, too. */
const machineTimes = { boot: 20_000, cloudInit: 60_000, configure: 5_000 };
const bootTimes = {
  ...realisticBootTimes,
  visible: [1_000, 1_000],
  running: [6_000, 6_000],
  statusChecks: [90_000, 90_000],
  shuttingDown: [3_000, 3_000],
} as const;

const minute = 60_000;

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };

/** Machines of the model, to which there is no way but `ModelConnection`. */
class ModelMachines implements Hypervisor {
  readonly #machines = new Map<string, ModelMachine>();

  async launch(request: MachineRequest): Promise<MachineAddress> {
    const machine = new ModelMachine(request, machineTimes);
    this.#machines.set(request.instanceId, machine);
    void machine.boot(new AbortController().signal);
    return { publicAddress: '127.0.0.1', privateAddress: '10.0.0.1', sshPort: 22 };
  }

  async terminate(): Promise<void> {
    // They end with this process.
  }

  async consoleOutput(instanceId: string): Promise<string> {
    // With the line with which our user data says that there is no more to come.
    return `${this.of(instanceId).console}spot-tui: end of host keys\n`;
  }

  of(instanceId: string): ModelMachine {
    const machine = this.#machines.get(instanceId);
    if (machine === undefined) throw new Error(`there is no ${instanceId}`);
    return machine;
  }
}

/**
 * Brings a fleet to ready and stays with it for a while, as `create --ci --watch` does, with the
 * real SDK and over HTTP, and counts at the endpoint.
 */
const countFleet = async (
  { minutes, nodes, regions }: FleetToCount,
  folder: string,
): Promise<FleetCalls> => {
  const machines = new ModelMachines();
  const endpoint = await startEndpoint({ hypervisor: machines, bootTimes });
  const config = await configOf(nodes, regions, folder);
  const templatesFolder = path.resolve('templates');
  const payload = await buildPayload(config, templatesFolder);
  const store = createFleetStore();
  const clouds = config.regions.map((regionConfig) =>
    createRegionCloud({
      region: regionConfig.region,
      config,
      regionConfig,
      version: 'bench',
      calls: createApiCallCounter(),
      endpoint: endpoint.url,
      credentials,
    }),
  );
  const consoles = new Map(
    clouds.map((cloud) => [
      cloud.region,
      { read: cloud.consoleOutput, admission: createAdmission(8) },
    ]),
  );
  const controller = new FleetController({
    config,
    payload,
    buildPayload: () => Promise.resolve(payload),
    scripts: await loadRemoteScripts(templatesFolder),
    buildUserData: () => buildUserData(config, templatesFolder),
    clouds,
    connect: (instance, onTrusted) => {
      const readers = consoles.get(instance.region);
      if (readers === undefined) throw new Error(`nobody works in ${instance.region}`);
      const check = checkHostKey({
        instance,
        knownHostsFile: path.join(folder, `known_hosts-${nodes}-${regions}`),
        console: new ConsoleWatch({ instance, clock: Date.now, ...readers }),
        unverified: 'fail',
        patience: 60_000,
        onTrusted,
      });
      return new ModelConnection(machines.of(instance.instanceId), check);
    },
    sshCommand: () => ({ file: 'ssh', arguments: [] }),
    emit: store.dispatch,
    clock: Date.now,
    followLogs: false,
    watchFleet: true,
    by: 'bench',
    hasConsole: false,
  });

  const { signal } = new AbortController();
  // The SDK loads and reads a good deal with a client's first request, which no time must overtake.
  for (const cloud of clouds) await cloud.describe(signal);
  const time = VirtualTime.install();
  // Of random waits the middle: how often something is tried comes out the same every time.
  Math.random = () => 0.5;
  const total = () => totalOf(endpoint.ledger.calls(), time.elapsed);
  const begun = total();
  await time.until(controller.create(signal));
  const settled = total();
  await time.pass(minutes * minute);
  const watched = total();
  const isReady = [...store.getState().nodes.values()].filter(({ phase }) => phase === 'ready');
  const { notices } = store.getState();
  return {
    ready: isReady.length,
    launch: between(begun, settled),
    watch: between(settled, watched),
    notices: notices.map(({ message }) => message),
  };
};

const configOf = async (nodes: number, regions: number, folder: string): Promise<Config> => {
  const { line, privateKey } = generateHostKey();
  const privateKeyPath = path.join(folder, 'key');
  const publicKeyPath = path.join(folder, 'key.pub');
  await writeFile(privateKeyPath, privateKey, { mode: 0o600 });
  await writeFile(publicKeyPath, `${line}\n`);
  const templatesFolder = path.resolve('templates');
  const built = builtInConfig({ templatesFolder, privateKeyPath, publicKeyPath });
  return {
    ...built,
    totalInstances: nodes,
    regions: built.regions.slice(0, regions),
    payload: { ...built.payload, ...(await writeFiles(folder)) },
    // Concerns only connections, which are not what is counted.
    healthInterval: 600_000,
  };
};

/** One service is enough: what nodes run concerns EC2 no more than how they are reached. */
const writeFiles = async (folder: string) => {
  const directories = {
    configDirectory: path.join(folder, 'config'),
    scriptsDirectory: path.join(folder, 'scripts'),
    unitsDirectory: path.join(folder, 'units'),
  };
  for (const directory of Object.values(directories)) await mkdir(directory, { recursive: true });
  const script = '#!/bin/sh\nexec sleep infinity\n';
  await writeFile(path.join(directories.scriptsDirectory, 'work.sh'), script, { mode: 0o755 });
  const unit = '[Service]\nExecStart=/opt/uploaded_files/scripts/work.sh\n';
  await writeFile(path.join(directories.unitsDirectory, 'work.service'), unit);
  return directories;
};

const [nodes, regions, minutes, folder = ''] = process.argv.slice(2);
const calls = await countFleet(
  { nodes: Number(nodes), regions: Number(regions), minutes: Number(minutes) },
  folder,
);
process.stdout.write(`${JSON.stringify(calls)}\n`, () => process.exit(0));
