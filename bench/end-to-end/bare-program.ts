/**
 * The least that brings machines of the sandbox to where `create` has them: the same launch, the
 * same scripts and the same bytes, over one ssh2 connection each, all machines at once. Checks
 * nothing, shows nothing, and knows no node that fails.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { builtInConfig } from '../../source/config/built-in.ts';
import { createApiCallCounter } from '../../source/ec2/call-counter.ts';
import type { Instance } from '../../source/ec2/cloud.ts';
import { createRegionCloud } from '../../source/ec2/region-cloud.ts';
import { sshPortOf } from '../../source/fleet/ssh-port.ts';
import { buildPayload } from '../../source/pipeline/payload/payload.ts';
import { inlineScript, loadRemoteScripts } from '../../source/pipeline/remote-script.ts';
import { buildUserData } from '../../source/pipeline/user-data.ts';
import { createAdmission } from '../../source/ssh/admission.ts';
import { algorithms } from '../../source/ssh/algorithms.ts';

const [nodes = '', address = '', templatesFolder = ''] = process.argv.slice(2);
const sandbox = JSON.parse(await readFile(address, 'utf8')) as Record<string, string>;
const { accessKeyId = '', privateKeyPath = '', publicKeyPath = '', url = '' } = sandbox;
const { signal } = new AbortController();

const built = builtInConfig({ templatesFolder, privateKeyPath, publicKeyPath });
const config = { ...built, deployment: 'bare' };
const [scripts, payload, { userData }, privateKey] = await Promise.all([
  loadRemoteScripts(templatesFolder),
  buildPayload(config, templatesFolder),
  buildUserData(config, templatesFolder, (await readFile(publicKeyPath, 'utf8')).trim()),
  readFile(privateKeyPath),
]);
const admission = createAdmission(24);

const connect = async (instance: Instance): Promise<ssh2.Client> => {
  const leave = await admission.enter(signal);
  try {
    for (;;) {
      const client = new ssh2.Client();
      const isReady = await new Promise<boolean>((resolve) => {
        client.once('ready', () => resolve(true));
        client.on('error', () => resolve(false));
        client.once('close', () => resolve(false));
        client.connect({
          host: instance.address ?? '',
          port: sshPortOf(instance, config),
          username: config.ssh.username,
          privateKey,
          algorithms,
          hostVerifier: () => true,
        });
      });
      if (isReady) return client;
      client.destroy();
      await sleep(100);
    }
  } finally {
    leave();
  }
};

const exec = (client: ssh2.Client, command: string, input?: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      channel.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`${command.slice(0, 60)}: status ${code}`)),
      );
      channel.resume();
      channel.stderr.resume();
      channel.end(input);
    });
  });

const bring = async (instance: Instance, index: number): Promise<void> => {
  const client = await connect(instance);
  const { instanceId, region } = instance;
  const values = [
    `SPOT_TUI_NODE=${region}-${index}`,
    `SPOT_TUI_REGION=${region}`,
    `SPOT_TUI_INSTANCE_ID=${instanceId}`,
    `SPOT_TUI_INDEX=${index}`,
    `SPOT_TUI_DEPLOYMENT=${config.deployment}`,
  ];
  const receive = inlineScript('receive-payload', scripts.receivePayload, {
    arguments: [payload.manifestDigest, ...values],
  });
  await exec(client, receive, payload.archive);
  await exec(client, inlineScript('await-cloud-init', scripts.awaitCloudInit, { root: true }));
  const trigger = inlineScript('trigger-configuration', scripts.triggerConfiguration, {
    root: true,
  });
  await exec(client, trigger);
  const units = payload.services.map(({ unit }) => unit);
  const inspect = inlineScript('inspect-node', scripts.inspectNode, {
    root: true,
    arguments: [path.posix.join('/opt', 'uploaded_files'), '--', ...units],
  });
  await exec(client, inspect);
  client.end();
};

const launchIn = async (region: string, count: number): Promise<void> => {
  const regionConfig = config.regions.find((each) => each.region === region);
  if (regionConfig === undefined) throw new Error(`there is no ${region}`);
  const cloud = createRegionCloud({
    region,
    config,
    regionConfig,
    version: 'bench',
    calls: createApiCallCounter(),
    endpoint: url,
    credentials: { accessKeyId, secretAccessKey: 'secret' },
  });
  await cloud.prepare({ userData }, signal);
  for (let left = count; left > 0; ) {
    await cloud.settle(signal);
    const answer = await cloud.launch({ count: left, userData }, signal);
    await cloud.concludeLaunch(answer, signal);
    left -= answer.instances.length;
  }
  const brought = new Map<string, Promise<void>>();
  while (brought.size < count) {
    for (const instance of await cloud.describe(signal)) {
      if (instance.address === undefined || brought.has(instance.instanceId)) continue;
      if (instance.state !== 'running') continue;
      brought.set(instance.instanceId, bring(instance, brought.size + 1));
    }
    if (brought.size < count) await sleep(200);
  }
  await Promise.all(brought.values());
};

const begin = performance.now();
const shares = config.regions.map(({ region }, index) => ({
  region,
  count: Math.ceil((Number(nodes) - index) / config.regions.length),
}));
await Promise.all(
  shares.map(({ count, region }) => (count > 0 ? launchIn(region, count) : undefined)),
);
process.stdout.write(`${performance.now() - begin}\n`, () => process.exit(0));
