import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import { generateHostKey } from '../../../source/sandbox/node/host-key.ts';
import {
  createNodeHypervisor,
  type NodeHypervisor,
  type NodeHypervisorOptions,
} from '../../../source/sandbox/node/hypervisor.ts';

/** Why the tests of nodes with walls can't run on this machine; false where they can. */
const findObstacle = async (): Promise<string | false> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-trial-'));
  try {
    const { public: publicKeyLine } = ssh2.utils.generateKeyPairSync('ed25519');
    const options = { folder, fast: true, publicKeyLine, isolation: 'namespaces' } as const;
    const hypervisor = await createNodeHypervisor(options);
    await hypervisor.close();
    return false;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

export const obstacle = await findObstacle();

/** How a command on a node ended, and what it printed. */
export type Outcome = {
  readonly code: number | null;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
};

/** A hypervisor with a key and a folder of its own. */
export class Cloud {
  readonly folder: string;
  readonly hypervisor: NodeHypervisor;
  readonly privateKey: string;
  #launched = 0;

  private constructor(folder: string, hypervisor: NodeHypervisor, privateKey: string) {
    this.folder = folder;
    this.hypervisor = hypervisor;
    this.privateKey = privateKey;
  }

  static async open(
    options: Partial<
      Pick<NodeHypervisorOptions, 'bootTimes' | 'cutTime' | 'isolation' | 'searchPath'>
    > = {},
    name = 'spot-tui-nodes-',
  ): Promise<Cloud> {
    const folder = await mkdtemp(path.join(tmpdir(), name));
    // Not ssh2's generator: one in some hundred of its keys can't be read back.
    const key = generateHostKey();
    const hypervisor = await createNodeHypervisor({
      folder,
      fast: true,
      publicKeyLine: key.line,
      ...options,
    });
    return new Cloud(folder, hypervisor, key.privateKey);
  }

  /** Launches a machine and waits until it lets somebody in. */
  async launch(userData = '#cloud-config\n'): Promise<TestNode> {
    this.#launched += 1;
    const instanceId = `i-${String(this.#launched).padStart(17, '0')}`;
    const { sshPort = 0 } = await this.hypervisor.launch({
      instanceId,
      region: 'us-west-2',
      zone: 'us-west-2a',
      instanceType: 't3.medium',
      imageId: 'ami-0',
      userData,
    });
    const node = new TestNode(this, instanceId, sshPort);
    await node.connect();
    return node;
  }

  async close(): Promise<void> {
    await this.hypervisor.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A machine with one connection to it. */
export class TestNode {
  readonly cloud: Cloud;
  readonly instanceId: string;
  readonly port: number;
  #client: Client | undefined;

  constructor(cloud: Cloud, instanceId: string, port: number) {
    this.cloud = cloud;
    this.instanceId = instanceId;
    this.port = port;
  }

  /** Connects, again and again while the machine boots. */
  async connect(username = 'ubuntu'): Promise<Client> {
    this.#client?.end();
    for (let tries = 0; ; tries += 1) {
      try {
        this.#client = await connectOnce(this.port, this.cloud.privateKey, username);
        return this.#client;
      } catch (error) {
        if (tries > 400) throw error;
        await sleep(25);
      }
    }
  }

  /** Runs a command, and gives it all of its input. */
  async run(command: string, input?: string | Buffer): Promise<Outcome> {
    const { channel, outcome } = await this.exec(command);
    channel.end(input);
    return outcome;
  }

  /** What a command printed, with nothing around it; fails where the command does. */
  async read(command: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(command);
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}${stdout}`);
    return stdout.trim();
  }

  /** Starts a command; its outcome is listened for from the first packet on. */
  exec(command: string): Promise<{ channel: ClientChannel; outcome: Promise<Outcome> }> {
    return new Promise((resolve, reject) => {
      const client = this.#client;
      if (client === undefined) {
        reject(new Error('not connected'));
        return;
      }
      client.exec(command, (error, channel) => {
        if (error === undefined) resolve({ channel, outcome: outcomeOf(channel) });
        else reject(error);
      });
    });
  }

  /** Waits until a command succeeds. */
  async until(command: string): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const { code, stdout, stderr } = await this.run(command);
      if (code === 0) return;
      if (tries > 100) throw new Error(`still not: ${command}: ${stderr}${stdout}`);
      await sleep(50);
    }
  }

  /** Restarts the machine in some way, and connects again once it is up. */
  async restart(how: () => Promise<unknown> | undefined): Promise<void> {
    const bootId = await this.read('cat /proc/sys/kernel/random/boot_id');
    await how();
    for (let tries = 0; tries < 400; tries += 1) {
      try {
        await this.connect();
        if ((await this.read('cat /proc/sys/kernel/random/boot_id')) !== bootId) return;
      } catch {
        // Cut while it went down.
      }
      await sleep(25);
    }
    throw new Error(`${this.instanceId} did not restart`);
  }

  /** Waits until cloud-init has done its work. */
  async booted(): Promise<void> {
    await this.read('cloud-init status --wait >/dev/null; test -e /run/cloud-init/result.json');
  }

  disconnect(): void {
    this.#client?.end();
  }
}

/** Connects once; rejects with what came instead. */
export const connectOnce = (
  port: number,
  privateKey: string,
  username = 'ubuntu',
): Promise<Client> =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let banner = '';
    client
      .on('banner', (text) => {
        banner += text;
      })
      .on('ready', () => {
        client.setNoDelay(true);
        resolve(client);
      })
      .on('error', reject)
      .on('close', () => reject(new Error(`closed before it was ready${banner}`)))
      .connect({ host: '127.0.0.1', port, username, privateKey });
  });

export const outcomeOf = (channel: ClientChannel): Promise<Outcome> =>
  new Promise((resolve) => {
    let [stdout, stderr] = ['', ''];
    let end: Pick<Outcome, 'code' | 'signal'> = { code: null, signal: undefined };
    channel.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    channel.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    channel.on('exit', (code: number | null, signal?: string) => {
      end = { code, signal };
    });
    channel.on('close', () => resolve({ ...end, stdout, stderr }));
  });
