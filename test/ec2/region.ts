import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Config, NetworkConfig, RegionConfig, SshConfig } from '../../source/config/config.ts';
import { type AccountCloud, createAccountCloud } from '../../source/ec2/account-cloud.ts';
import { createApiCallCounter } from '../../source/ec2/call-counter.ts';
import { createRegionCloud, type RegionCloudOptions } from '../../source/ec2/region-cloud.ts';
import { sampleConfig, sampleRegion } from '../config/sample-config.ts';
import { emptyAccount } from './account.ts';
import { type Answer, type Handler, startRecordingEndpoint } from './recording-endpoint.ts';

export const publicKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIkzkNPv8GYbJtJJj9ZbUg1oyd2uFKyUMUkEl3mLFxcl someone@somewhere';

export type RegionSettings = {
  readonly region?: Partial<RegionConfig>;
  readonly network?: Partial<NetworkConfig>;
  readonly ssh?: Partial<SshConfig>;
  readonly config?: Partial<Config>;
  readonly options?: Partial<RegionCloudOptions>;
  readonly publicKey?: string;
  /** Leave the search for credentials to the SDK. */
  readonly findCredentials?: boolean;
};

/** A cloud and the account behind it, both gone with the test. */
export const startRegion = async (
  context: TestContext,
  handlers: Readonly<Record<string, Handler | Answer>> = {},
  settings: RegionSettings = {},
) => {
  const endpoint = await startRecordingEndpoint({ ...emptyAccount(), ...handlers });
  context.after(() => endpoint.close());
  return { endpoint, ...(await openRegion(context, endpoint.url, settings)) };
};

/** A cloud for an endpoint that is there; without a URL the one that the environment names. */
export const openRegion = async (
  context: TestContext,
  url: string | undefined,
  settings: RegionSettings = {},
) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-ec2-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const publicKeyPath = path.join(folder, 'id_ed25519.pub');
  await writeFile(publicKeyPath, `${settings.publicKey ?? publicKey}\n`);
  const config = exampleConfig(publicKeyPath, settings);
  const [regionConfig] = config.regions;
  if (regionConfig === undefined) throw new TypeError('a configuration without regions');
  const calls = createApiCallCounter();
  const cloud = createRegionCloud({
    region: regionConfig.region,
    config,
    regionConfig,
    version: '0.1.0',
    calls,
    ...(url === undefined ? {} : { endpoint: url }),
    ...(settings.findCredentials === true
      ? {}
      : { credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' } }),
    patience: {
      firstPause: 5,
      visibility: 2_000,
      listing: 300,
      trouble: 0,
      release: 2_000,
      longestPoll: 200,
    },
    ...settings.options,
  });
  context.after(() => cloud.close());
  return { cloud, calls, folder, config };
};

/** A region of an account, for all deployments at once; gone with the test. */
export const openAccountCloud = (context: TestContext, url: string): AccountCloud => {
  const cloud = createAccountCloud({
    region: 'us-west-2',
    version: '0.1.0',
    calls: createApiCallCounter(),
    endpoint: url,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
    patience: { firstPause: 5, visibility: 200, release: 200, longestPoll: 200 },
  });
  context.after(() => cloud.close());
  return cloud;
};

const exampleConfig = (publicKeyPath: string, settings: RegionSettings): Config => {
  const { network, ssh } = sampleConfig();
  return sampleConfig({
    deployment: 'orchard',
    totalInstances: 3,
    regions: [{ ...sampleRegion('us-west-2'), storageGb: 50, ...settings.region }],
    ssh: { ...ssh, publicKeyPath, ...settings.ssh },
    network: { ...network, sshAllowedCidrs: ['203.0.113.7/32'], ...settings.network },
    ...settings.config,
  });
};

/** A signal for tests that abort nothing. */
export const patient = (): AbortSignal => AbortSignal.timeout(20_000);
