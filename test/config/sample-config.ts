import type { Config, RegionConfig } from '../../source/config/config.ts';

/** A region with nothing but defaults. */
export const sampleRegion = (region: string): RegionConfig => ({
  region,
  instanceTypes: ['t3.medium'],
  image: 'auto',
  storageGb: 20,
  tags: {},
});

/** A valid configuration without a region or a file to upload, for tests that are about a part of it. */
export const sampleConfig = (own: Partial<Config> = {}): Config => ({
  deployment: 'test',
  totalInstances: 1,
  regions: [],
  ssh: { username: 'ubuntu', port: 22 },
  network: {
    securityGroups: [],
    associatePublicIp: true,
    useDedicatedVpc: false,
    sshAllowedCidrs: [],
    openPorts: [],
  },
  payload: {
    bacalhauDataDirectory: '/bacalhau_data',
    bacalhauNodeDirectory: '/bacalhau_node',
    images: {},
  },
  secrets: {},
  expectations: { commands: [] },
  timeouts: {
    launching: 1,
    booting: 1,
    connecting: 1,
    uploading: 1,
    'cloud-init': 1,
    configuring: 1,
    verifying: 1,
  },
  settleTime: 0,
  healthInterval: 20_000,
  placement: 'anywhere',
  onDemandFallback: false,
  interruption: { replace: false },
  ...own,
});
