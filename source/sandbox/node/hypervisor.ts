import { createHash } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import type { Hypervisor } from '../hypervisor.ts';
import { type NodeBootTimes, noBootTimes, someBootTimes } from './boot-times.ts';
import { type Isolation, type IsolationChoice, openIsolation } from './isolation/isolation.ts';
import { Machine } from './machine.ts';
import type { Unit } from './systemd/unit.ts';
import { findTemplates } from './templates.ts';
import { Turnstile } from './turnstile.ts';

export type NodeHypervisorOptions = {
  /** Folder of the sandbox; nodes live below `nodes/` in it. */
  readonly folder: string;
  /** No artificial boot times. */
  readonly fast: boolean;
  /** The run's public key, as one OpenSSH line: nobody else gets into a node. */
  readonly publicKeyLine: string;
  /** Folder of the product's templates; found by itself where it is not given. */
  readonly templatesFolder?: string;
  /** What keeps nodes apart from the machine; by default the best that it offers. */
  readonly isolation?: IsolationChoice;
  /** `PATH` of what runs on nodes without walls; default: this process's. */
  readonly searchPath?: string;
  /** How long each machine takes, other than `fast` has it. */
  readonly bootTimes?: () => NodeBootTimes;
  /** Milliseconds for which a machine whose SSH was cut can't be reached; default 10 s. */
  readonly cutTime?: number;
};

/** A hypervisor whose machines live in this process, each in a folder of its own. */
export type NodeHypervisor = Hypervisor & {
  /** How nodes are kept apart from the machine, and where they can't be as they should, why. */
  readonly isolation: Pick<Isolation, 'kind' | 'reason'>;
  /** Ends all machines and removes their folders. */
  close(): Promise<void>;
};

/**
 * Makes the sandbox's machines.
 *
 * @throws Error when the public key is none, when the isolation that was asked for is not to be had
 * here, and on Windows.
 */
export const createNodeHypervisor = async (
  options: NodeHypervisorOptions,
): Promise<NodeHypervisor> => {
  if (process.platform === 'win32') {
    throw new Error('the sandbox runs on Linux and macOS: on Windows, use it within WSL');
  }
  const publicKeyLine = options.publicKeyLine.trim();
  const allowed = ssh2.utils.parseKey(publicKeyLine);
  if (allowed instanceof Error) throw new Error(`not a public key: ${allowed.message}`);
  const nodesFolder = path.join(options.folder, 'nodes');
  // What a sandbox left that was killed: nothing runs there any more.
  await rm(nodesFolder, { recursive: true, force: true });
  await mkdir(nodesFolder, { recursive: true });
  // Nodes run as somebody else than root, who has to get there.
  await chmod(nodesFolder, 0o711);
  const templatesFolder = options.templatesFolder ?? (await findTemplates());
  const isolation = await openIsolation({
    folder: nodesFolder,
    templatesFolder,
    choice: options.isolation ?? 'best',
    searchPath: options.searchPath,
  });
  const machines = new Map<string, Machine>();
  const builtInUnits = new Map<string, Unit>();
  const turnstile = new Turnstile(2 * availableParallelism());

  const bootTimes = options.bootTimes ?? (options.fast ? () => noBootTimes : someBootTimes);

  const machineOf = (instanceId: string): Machine => {
    const machine = machines.get(instanceId);
    if (machine === undefined) throw new Error(`there is no machine ${instanceId} in the sandbox`);
    return machine;
  };
  const terminate = async (instanceId: string): Promise<void> => {
    const machine = machines.get(instanceId);
    machines.delete(instanceId);
    await machine?.terminate();
  };

  return {
    isolation: {
      kind: isolation.kind,
      ...(isolation.reason === undefined ? {} : { reason: isolation.reason }),
    },
    launch: async ({ instanceId, userData, publicKey }) => {
      if (machines.has(instanceId)) throw new Error(`${instanceId} was launched already`);
      const privateAddress = addressOf(instanceId);
      const hostname = `ip-${privateAddress.replaceAll('.', '-')}`;
      const folder = path.join(nodesFolder, instanceId);
      const machine = new Machine({
        instanceId,
        hostname,
        folder,
        userData,
        publicKey: publicKey?.trim() ?? publicKeyLine,
        allowed,
        root: isolation.makeRoot({
          folder,
          hostname,
          answer: (call) => machineOf(instanceId).answer(call),
          onLost: () => machines.get(instanceId)?.powerChange('reboot'),
        }),
        times: bootTimes(),
        cutTime: options.cutTime ?? 10_000,
        builtInUnits,
        turnstile,
        makeFolder: () => isolation.makeFolder(folder),
      });
      machines.set(instanceId, machine);
      return { publicAddress: '127.0.0.1', privateAddress, sshPort: await machine.launch() };
    },
    terminate,
    consoleOutput: async (instanceId) => machineOf(instanceId).consoleOutput,
    announceReclaim: (instanceId, time) => machineOf(instanceId).announceReclaim(time),
    recommendRebalance: (instanceId, time) => machineOf(instanceId).recommendRebalance(time),
    injectFault: (instanceId, fault) => machineOf(instanceId).injectFault(fault),
    close: async () => {
      await Promise.all([...machines.keys()].map(terminate));
      await isolation.close();
      await rm(nodesFolder, { recursive: true, force: true });
    },
  };
};

/** A private address of a default VPC, always the same for an instance. */
const addressOf = (instanceId: string): string => {
  const digest = createHash('sha256').update(instanceId).digest();
  return `172.31.${digest.readUInt8(0)}.${1 + (digest.readUInt8(1) % 254)}`;
};
