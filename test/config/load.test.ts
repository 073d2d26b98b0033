import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { formatIssue } from '../../source/config/issue.ts';
import { loadConfig } from '../../source/config/load.ts';
import { loadText, rejectedLines, temporaryFolder, warningLines } from './temporary-config.ts';

/** Every key of the old system, with the values of its example. */
const oldSystem = `
aws:
  total_instances: 20
  username: ubuntu
  ssh_key_name: "my-aws-key-pair"
  public_ssh_key_path: "~/.ssh/id_rsa.pub"
  private_ssh_key_path: "~/.ssh/id_rsa"
  files_directory: "deployment-files"
  scripts_directory: "instance/scripts"
  cloud_init_template: "instance/cloud-init/init-vm-template.yml"
  startup_script: "instance/scripts/startup.py"
  additional_commands_script: "instance/scripts/additional_commands.sh"
  bacalhau_data_dir: "/bacalhau_data"
  bacalhau_node_dir: "/bacalhau_node"
  bacalhau_config_template: "instance/config/config-template.yaml"
  docker_compose_template: "instance/scripts/docker-compose.yaml"
  spot_price_limit: 0.10
  instance_storage_gb: 20
  associate_public_ip: true
  use_dedicated_vpc: true # Create dedicated VPC but reuse if exists
  tags:
    Project: "MyProject"
    App: "MyApplication"  # Override default "SpotDeployer" app name
    NodeCount: "50"
regions:
  - us-west-2:
      machine_type: "t3.medium"
      image: "auto"
      spot_price_limit: 0.08
      instance_storage_gb: 30
      tags:
        App: "Other"
        DataCenter: "Oregon"
  - us-east-1:
      machine_type: "t3.large"
      image: "ami-0abcdef1234567890"
  - eu-west-1:
      machine_type: "t3.medium"
      image: "auto"
`;

test('takes a configuration of the old system unchanged, without a warning', async (t) => {
  const { config, warnings, folder } = await loadText(t, oldSystem);
  assert.deepEqual(warnings, []);
  assert.deepEqual(config, {
    deployment: path.basename(folder),
    file: path.join(folder, 'config.yaml'),
    totalInstances: 20,
    regions: [
      {
        region: 'us-west-2',
        instanceTypes: ['t3.medium'],
        image: 'auto',
        spotPriceLimit: 0.08,
        storageGb: 30,
        tags: { Project: 'MyProject', App: 'Other', NodeCount: '50', DataCenter: 'Oregon' },
      },
      {
        region: 'us-east-1',
        instanceTypes: ['t3.large'],
        image: 'ami-0abcdef1234567890',
        spotPriceLimit: 0.1,
        storageGb: 20,
        tags: { Project: 'MyProject', App: 'MyApplication', NodeCount: '50' },
      },
      {
        region: 'eu-west-1',
        instanceTypes: ['t3.medium'],
        image: 'auto',
        spotPriceLimit: 0.1,
        storageGb: 20,
        tags: { Project: 'MyProject', App: 'MyApplication', NodeCount: '50' },
      },
    ],
    ssh: {
      username: 'ubuntu',
      port: 22,
      keyName: 'my-aws-key-pair',
      publicKeyPath: '/home/someone/.ssh/id_rsa.pub',
      privateKeyPath: '/home/someone/.ssh/id_rsa',
    },
    network: {
      securityGroups: [],
      associatePublicIp: true,
      useDedicatedVpc: true,
      sshAllowedCidrs: [],
      openPorts: [4222],
    },
    payload: {
      filesDirectory: path.join(folder, 'deployment-files'),
      scriptsDirectory: path.join(folder, 'instance/scripts'),
      startupScript: path.join(folder, 'instance/scripts/startup.py'),
      additionalCommandsScript: path.join(folder, 'instance/scripts/additional_commands.sh'),
      cloudInitTemplate: path.join(folder, 'instance/cloud-init/init-vm-template.yml'),
      bacalhauConfigTemplate: path.join(folder, 'instance/config/config-template.yaml'),
      dockerComposeTemplate: path.join(folder, 'instance/scripts/docker-compose.yaml'),
      bacalhauDataDirectory: '/bacalhau_data',
      bacalhauNodeDirectory: '/bacalhau_node',
      images: {},
    },
    secrets: {},
    expectations: { commands: [] },
    timeouts: {
      launching: 300_000,
      booting: 300_000,
      connecting: 300_000,
      uploading: 600_000,
      'cloud-init': 900_000,
      configuring: 600_000,
      verifying: 180_000,
    },
    settleTime: 5000,
    healthInterval: 20_000,
    placement: 'anywhere',
    onDemandFallback: false,
    interruption: { replace: false },
  });
});

test('fills in defaults where only a region is given', async (t) => {
  const { config, warnings, folder } = await loadText(t, 'regions: [us-west-2]\n');
  assert.deepEqual(warnings, []);
  assert.equal(config.totalInstances, 3);
  assert.deepEqual(config.regions, [
    { region: 'us-west-2', instanceTypes: ['t3.medium'], image: 'auto', storageGb: 20, tags: {} },
  ]);
  assert.deepEqual(config.ssh, { username: 'ubuntu', port: 22 });
  assert.deepEqual(config.network.openPorts, []);
  assert.equal(config.deployment, path.basename(folder));
  assert.equal('profile' in config, false);
});

test('reads the keys that the old system did not have', async (t) => {
  const { config, warnings } = await loadText(
    t,
    `
deployment: my-fleet
aws:
  profile: work
  instance_types: [c7g.large, c7g.large, m7g.large]
  ssh_port: 2222
  ssh_allowed_cidrs: [203.0.113.0/24, "2001:db8::/32"]
  open_ports: [80, 4222, 80]
  config_directory: etc
  units_directory: units
regions:
  - us-west-2
  - eu-west-1:
      instance_types: [t4g.medium, t3a.medium]
  - eu-central-1:
      machine_type: t4g.small
      instance_types: [t4g.medium, t4g.small]
services: [bacalhau-startup, sensor.timer]
containers: [bacalhau]
checks:
  - name: has room
    command: |
      test -d /bacalhau_data
images: {bacalhau: "ghcr.io/bacalhau-project/bacalhau:v1.7.0"}
timeouts: {booting: 90s, cloud-init: 1h30m}
settle_time: 0
`,
  );
  assert.deepEqual(warnings, []);
  assert.equal(config.deployment, 'my-fleet');
  assert.equal(config.profile, 'work');
  assert.deepEqual(
    config.regions.map(({ instanceTypes }) => instanceTypes),
    [
      ['c7g.large', 'm7g.large'],
      ['t4g.medium', 't3a.medium'],
      ['t4g.small', 't4g.medium'],
    ],
  );
  assert.equal(config.ssh.port, 2222);
  assert.deepEqual(config.network.sshAllowedCidrs, ['203.0.113.0/24', '2001:db8::/32']);
  assert.deepEqual(config.network.openPorts, [80, 4222]);
  assert.deepEqual(config.expectations, {
    services: ['bacalhau-startup.service', 'sensor.timer'],
    containers: ['bacalhau'],
    commands: [{ name: 'has room', command: 'test -d /bacalhau_data\n' }],
  });
  assert.deepEqual(config.payload.images, { bacalhau: 'ghcr.io/bacalhau-project/bacalhau:v1.7.0' });
  assert.equal(config.timeouts.booting, 90_000);
  assert.equal(config.timeouts['cloud-init'], 5_400_000);
  assert.equal(config.timeouts.verifying, 180_000);
  assert.equal(config.settleTime, 0);
});

test('an empty list of services expects none, an absent one all', async (t) => {
  const { config } = await loadText(t, 'regions: [us-west-2]\nservices: []\ncontainers: []\n');
  assert.deepEqual(config.expectations, { services: [], containers: [], commands: [] });
});

test('a key whose value is commented out counts as not given', async (t) => {
  const { config, warnings } = await loadText(
    t,
    `
aws:
  total_instances: 2
  spot_price_limit:
  security_groups:
    # - sg-12345678
  tags:
    # Project: MyProject
regions:
  - us-west-2:
  - us-east-1:
      machine_type:
      tags:
timeouts:
  booting:
services:
`,
  );
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    config.regions.map(({ region, instanceTypes, tags }) => ({ region, instanceTypes, tags })),
    ['us-west-2', 'us-east-1'].map((region) => ({
      region,
      instanceTypes: ['t3.medium'],
      tags: {},
    })),
  );
  assert.equal('services' in config.expectations, false);
});

test('tags are what is written, whatever type YAML takes it for', async (t) => {
  const { config } = await loadText(
    t,
    `
aws:
  tags: {Version: 1.10, Nodes: 0x10, Backup: yes, Draft: false, Empty: ""}
regions:
  - us-west-2:
      tags: {Big: 1234567890123456789012}
`,
  );
  assert.deepEqual(config.regions[0]?.tags, {
    Version: '1.10',
    Nodes: '0x10',
    Backup: 'yes',
    Draft: 'false',
    Empty: '',
    Big: '1234567890123456789012',
  });
});

test("takes YAML 1.1's words for true and false, as the old system did", async (t) => {
  const { config } = await loadText(
    t,
    'aws: {associate_public_ip: No, use_dedicated_vpc: on}\nregions: [us-west-2]\n',
  );
  assert.equal(config.network.associatePublicIp, false);
  assert.equal(config.network.useDedicatedVpc, true);
});

test('resolves anchors and merge keys', async (t) => {
  const { config, warnings } = await loadText(
    t,
    `
regions:
  - us-west-2: &defaults
      machine_type: t3.large
      spot_price_limit: 0.1
  - us-east-1:
      <<: *defaults
      spot_price_limit: 0.2
`,
  );
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    config.regions.map(({ instanceTypes, spotPriceLimit }) => [instanceTypes, spotPriceLimit]),
    [
      [['t3.large'], 0.1],
      [['t3.large'], 0.2],
    ],
  );
});

test('paths are relative to the file, wherever the program runs', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(path.join(folder, 'My Flotte é/deep'), { recursive: true });
  const file = 'My Flotte é/deep/other.yaml';
  await writeFile(
    path.join(folder, file),
    `aws: {files_directory: ../files, scripts_directory: ~, startup_script: ~/start.sh, config_directory: /etc/app}
regions: [us-west-2]
deployment:
`,
  );
  const { config } = await loadConfig(file, {
    environment: { HOME: '/home/someone' },
    workingDirectory: folder,
  });
  assert.equal(config.file, path.join(folder, file));
  assert.equal(config.deployment, 'deep');
  assert.equal(config.payload.filesDirectory, path.join(folder, 'My Flotte é/files'));
  assert.equal(config.payload.startupScript, '/home/someone/start.sh');
  assert.equal(config.payload.configDirectory, '/etc/app');
});

test('a deployment without a name can be given another than that of the folder', async (t) => {
  const folder = await temporaryFolder(t);
  const options = {
    environment: { HOME: folder },
    workingDirectory: folder,
    defaultDeployment: 'sandbox',
  };
  await writeFile(path.join(folder, 'unnamed.yaml'), 'regions: [us-west-2]\n');
  await writeFile(path.join(folder, 'named.yaml'), 'deployment: mine\nregions: [us-west-2]\n');
  assert.equal((await loadConfig('unnamed.yaml', options)).config.deployment, 'sandbox');
  assert.equal((await loadConfig('named.yaml', options)).config.deployment, 'mine');
});

test('the public key is expected beside the private one', async (t) => {
  const privateOnly = await loadText(
    t,
    'aws: {private_ssh_key_path: keys/fleet}\nregions: [us-west-2]\n',
  );
  assert.equal(
    privateOnly.config.ssh.publicKeyPath,
    path.join(privateOnly.folder, 'keys/fleet.pub'),
  );
  const named = await loadText(
    t,
    'aws: {private_ssh_key_path: keys/fleet, ssh_key_name: fleet}\nregions: [us-west-2]\n',
  );
  assert.equal('publicKeyPath' in named.config.ssh, false);
});

test('later checks can say where in the file a value stands', async (t) => {
  const { issueAt } = await loadText(t, 'aws:\n  username: me\nregions: [us-west-2]\n');
  assert.equal(
    formatIssue(issueAt(['aws', 'username'], 'nobody by that name')),
    'config.yaml:2:13 aws.username: nobody by that name',
  );
  assert.equal(
    formatIssue(issueAt(['regions', 0], 'no capacity')),
    'config.yaml:3:11 regions[0]: no capacity',
  );
});

test('reads a file that begins with a byte order mark', async (t) => {
  const { config } = await loadText(t, '\uFEFFregions: [us-west-2]\n');
  assert.equal(config.regions.length, 1);
});

for (const [what, text, expected] of [
  [
    'a key that is nearly one',
    'aws: {total_instnces: 3}\nregions: [us-west-2]',
    ['config.yaml:1:7 aws.total_instnces: unknown key, did you mean "total_instances"?'],
  ],
  [
    'a key in another spelling',
    'regions: [us-west-2]\nsettleTime: 5s',
    ['config.yaml:2:1 settleTime: unknown key, did you mean "settle_time"?'],
  ],
  [
    'keys like no other, all over the file',
    'foo: 1\nregions: [{us-west-2: {color: red}}]\ntimeouts: {zzzzzzzzz: 1m}\nchecks: [{name: a, command: b, shell: c}]',
    [
      'config.yaml:1:1 foo: unknown key, ignored',
      'config.yaml:2:24 regions[0].us-west-2.color: unknown key, ignored',
      'config.yaml:3:12 timeouts.zzzzzzzzz: unknown key, ignored',
      'config.yaml:4:32 checks[0].shell: unknown key, ignored',
    ],
  ],
  [
    'keys in the wrong place',
    'username: me\naws: {machine_type: t3.large, deployment: x}\nregions: [{us-west-2: {total_instances: 3}}]',
    [
      'config.yaml:1:1 username: unknown key here, it belongs under "aws"',
      'config.yaml:2:7 aws.machine_type: unknown key here, it belongs under a region',
      'config.yaml:2:31 aws.deployment: unknown key here, it belongs at the top level',
      'config.yaml:3:24 regions[0].us-west-2.total_instances: unknown key here, it belongs under "aws"',
    ],
  ],
  [
    'a phase with an underscore',
    'regions: [us-west-2]\ntimeouts: {cloud_init: 5m}',
    ['config.yaml:2:12 timeouts.cloud_init: unknown key, did you mean "cloud-init"?'],
  ],
  [
    'keys that the old system has retired',
    'aws: {security_group_name: x, ensure_default_vpc: true}\nregions: [us-west-2]',
    [
      'config.yaml:1:7 aws.security_group_name: not used any more: every deployment has a security group of its own',
      'config.yaml:1:31 aws.ensure_default_vpc: not used any more: set use_dedicated_vpc where a region has no default VPC',
    ],
  ],
  [
    'ids that exist in one region only',
    'aws: {subnet_id: subnet-12345678, security_groups: [sg-12345678]}\nregions: [us-west-2, us-east-1]',
    [
      'config.yaml:1:7 aws.subnet_id: exists in one region only, but 2 are listed: launches in the others will fail',
      'config.yaml:1:35 aws.security_groups: exists in one region only, but 2 are listed: launches in the others will fail',
    ],
  ],
  [
    'a dedicated VPC beside a given one',
    'aws: {use_dedicated_vpc: true, vpc_id: vpc-12345678}\nregions: [us-west-2]',
    [
      'config.yaml:1:7 aws.use_dedicated_vpc: has no effect, vpc_id or subnet_id says where to launch',
    ],
  ],
  [
    'a dedicated VPC with nodes that would be cut off in it',
    'aws: {use_dedicated_vpc: true, associate_public_ip: no, jump_host: gate.example.com}\nregions: [us-west-2]',
    [
      'config.yaml:1:7 aws.use_dedicated_vpc: nodes without a public address have no way to the internet in it: there is no NAT gateway',
      'config.yaml:1:7 aws.use_dedicated_vpc: the jump host is not in it: nodes are hardly reached from there',
    ],
  ],
  [
    'private nodes that nobody may reach',
    'aws: {associate_public_ip: no}\nregions: [us-west-2]',
    [
      'config.yaml:1:7 aws.associate_public_ip: nodes are reached at their private addresses: name in ssh_allowed_cidrs from where, or a jump_host',
    ],
  ],
  [
    'a tag of YAML that means nothing here',
    'deployment: !name fleet\nregions: [us-west-2]',
    ['config.yaml:1:13: unresolved tag: !name'],
  ],
] as const) {
  test(`warns of ${what}`, async (t) => {
    assert.deepEqual(await warningLines(t, text), expected);
  });
}

test('keys of the dashboard are taken by command, one or several', async (t) => {
  const { config } = await loadText(
    t,
    'deployment: x\nregions: [us-west-2]\nkeys: {retry: ctrl-r, mark: space, push: [u, U]}\n',
  );
  assert.deepEqual(config.keys, { retry: ['ctrl-r'], mark: [' '], push: ['u', 'U'] });
});

test('a key that no keyboard has is told with its place', async (t) => {
  const { errors } = await rejectedLines(
    t,
    'deployment: x\nregions: [us-west-2]\nkeys: {retry: hyper-x}\n',
  );
  assert.match(errors.join('\n'), /config\.yaml:3:\d+ keys\.retry: expected a key such as "x"/);
});
