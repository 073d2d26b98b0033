import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejectedLines } from './temporary-config.ts';

/** Text of a configuration, and what is said about it, without the file's name. */
type Case = readonly [what: string, text: string, lines: readonly string[]];

const inAws = (what: string, setting: string, line: string): Case => [
  what,
  `aws:\n  ${setting}\nregions: [us-west-2]\n`,
  [line],
];

const inRegion = (what: string, setting: string, line: string): Case => [
  what,
  `aws:\n  total_instances: 3\nregions:\n  - us-west-2:\n      ${setting}\n`,
  [line],
];

const manyTags = (prefix: string, count: number): string =>
  `{${Array.from({ length: count }, (_, index) => `${prefix}${index}: x`).join(', ')}}`;

const cases: readonly Case[] = [
  inRegion(
    'a number for an instance type',
    'machine_type: 3',
    '5:21 regions[0].us-west-2.machine_type: expected a string such as "t3.medium", got 3',
  ),
  inRegion(
    'an instance type without a size',
    'machine_type: t3',
    '5:21 regions[0].us-west-2.machine_type: expected a string such as "t3.medium", got "t3"',
  ),
  inRegion(
    'an image by name',
    'image: ubuntu-24.04',
    '5:14 regions[0].us-west-2.image: expected "auto" or an AMI id such as "ami-0abcdef1234567890", got "ubuntu-24.04"',
  ),
  inRegion(
    'a price of nothing',
    'spot_price_limit: 0',
    '5:25 regions[0].us-west-2.spot_price_limit: expected a price in US dollars per hour above 0 and up to 1000 such as 0.05, got 0',
  ),
  inRegion(
    'a price in quotes',
    'spot_price_limit: "0.1"',
    '5:25 regions[0].us-west-2.spot_price_limit: expected a price in US dollars per hour above 0 and up to 1000 such as 0.05, got "0.1"',
  ),
  inRegion(
    'half a gigabyte',
    'instance_storage_gb: 20.5',
    '5:28 regions[0].us-west-2.instance_storage_gb: expected a whole number from 8 to 16384 such as 20, got 20.5',
  ),
  inRegion(
    'no instance type in a list',
    'instance_types: []',
    '5:23 regions[0].us-west-2.instance_types: expected at least one instance type such as [t3.medium, t3a.medium], got an empty list',
  ),
  inRegion(
    'a list for tags',
    'tags: [a, b]',
    '5:13 regions[0].us-west-2.tags: expected a map of tags such as {Project: my-project}, got a list',
  ),
  inAws(
    'no instances',
    'total_instances: 0',
    '2:20 aws.total_instances: expected a whole number from 1 to 5000 such as 3, got 0',
  ),
  inAws(
    'too many instances',
    'total_instances: 5001',
    '2:20 aws.total_instances: expected a whole number from 1 to 5000 such as 3, got 5001',
  ),
  inAws(
    'instances as they are written',
    'total_instances: 1e400',
    '2:20 aws.total_instances: expected a whole number from 1 to 5000 such as 3, got 1e400',
  ),
  inAws(
    'a user that no system has',
    'username: Bob Smith',
    '2:13 aws.username: expected the name of a login user such as "ubuntu", got "Bob Smith"',
  ),
  inAws(
    'a port out of range',
    'ssh_port: 65536',
    '2:13 aws.ssh_port: expected a whole number from 1 to 65535 such as 22, got 65536',
  ),
  inAws(
    'an address instead of a block',
    'ssh_allowed_cidrs: [203.0.113.7]',
    '2:23 aws.ssh_allowed_cidrs[0]: expected a CIDR block such as "203.0.113.7/32", got "203.0.113.7"',
  ),
  inAws(
    'blocks that are longer than an address',
    'ssh_allowed_cidrs: [10.0.0.0/33]',
    '2:23 aws.ssh_allowed_cidrs[0]: expected a CIDR block such as "203.0.113.7/32", got "10.0.0.0/33"',
  ),
  inAws(
    'one group instead of a list',
    'security_groups: sg-12345678',
    '2:20 aws.security_groups: expected a list of security groups such as [sg-0a1b2c3d4e5f67890], got "sg-12345678"',
  ),
  inAws(
    'the id of something else',
    'vpc_id: subnet-12345678',
    '2:11 aws.vpc_id: expected an id such as "vpc-0a1b2c3d4e5f67890", got "subnet-12345678"',
  ),
  inAws(
    'neither true nor false',
    'associate_public_ip: maybe',
    '2:24 aws.associate_public_ip: expected true or false, got "maybe"',
  ),
  inAws(
    "another user's home folder",
    'private_ssh_key_path: ~bob/key',
    '2:25 aws.private_ssh_key_path: expected a path such as "~/.ssh/id_ed25519", got "~bob/key"',
  ),
  inAws(
    'a map for a path',
    'files_directory: {a: b}',
    '2:20 aws.files_directory: expected a path such as "files", got a map',
  ),
  inAws(
    'a relative directory on the nodes',
    'bacalhau_data_dir: data',
    '2:22 aws.bacalhau_data_dir: expected an absolute path of letters, digits and ._- such as "/bacalhau_data", got "data"',
  ),
  inAws(
    'a directory on the nodes that climbs out',
    'bacalhau_node_dir: /data/../etc',
    '2:22 aws.bacalhau_node_dir: expected an absolute path of letters, digits and ._- such as "/bacalhau_node", got "/data/../etc"',
  ),
  inAws(
    "a tag of AWS's own",
    'tags: {AWS:name: x}',
    '2:10 aws.tags["AWS:name"]: expected a tag key of at most 128 characters such as "Project" that does not begin with aws: or spot-tui:, got "AWS:name"',
  ),
  inAws(
    'a tag of ours',
    'tags: {"spot-tui:node": x}',
    '2:10 aws.tags["spot-tui:node"]: expected a tag key of at most 128 characters such as "Project" that does not begin with aws: or spot-tui:, got "spot-tui:node"',
  ),
  inAws(
    'a tag key that is too long',
    `tags: {${'k'.repeat(129)}: x}`,
    `2:10 aws.tags.${'k'.repeat(129)}: expected a tag key of at most 128 characters such as "Project" that does not begin with aws: or spot-tui:, got "${'k'.repeat(60)}…"`,
  ),
  inAws(
    'a tag value that is too long',
    `tags: {k: ${'v'.repeat(257)}}`,
    `2:13 aws.tags.k: expected a tag value of at most 256 characters such as "my-project", got "${'v'.repeat(60)}…"`,
  ),
  inAws(
    'a tag without a value',
    'tags: {Project: }',
    '2:10 aws.tags.Project: expected a tag value of at most 256 characters such as "my-project", got nothing',
  ),
  inAws(
    'more tags than EC2 takes',
    `tags: ${manyTags('t', 41)}`,
    '2:3 aws.tags: expected at most 40 tags, got 41',
  ),
  [
    'more tags together than EC2 takes',
    `aws:\n  tags: ${manyTags('a', 30)}\nregions:\n  - us-west-2:\n      tags: ${manyTags('b', 11)}\n`,
    ['5:7 regions[0].us-west-2.tags: expected at most 40 tags including those of aws.tags, got 41'],
  ],
  [
    'a file without regions',
    '# nothing yet\naws:\n  total_instances: 3\n',
    ['2:1 regions: expected a list of regions such as [us-west-2, us-east-1], got nothing'],
  ],
  [
    'regions without a value',
    'aws: {}\nregions:\n',
    ['2:1 regions: expected a list of regions such as [us-west-2, us-east-1], got nothing'],
  ],
  [
    'no regions',
    'regions: []\n',
    ['1:10 regions: expected at least one region such as [us-west-2], got an empty list'],
  ],
  [
    'regions without dashes',
    'regions:\n  us-west-2:\n    machine_type: t3.medium\n',
    ['2:3 regions: expected a list of regions such as [us-west-2, us-east-1], got a map'],
  ],
  [
    'regions that are none',
    'regions:\n  - us-west-2a\n  - Mars: {image: 3}\n  - 7\n  -\n  - []\n  - {}\n  - us-west-2: yes\n',
    [
      '2:5 regions[0]: expected a region such as us-west-2, got "us-west-2a"',
      '3:5 regions[1].Mars: expected a region such as us-west-2, got "Mars"',
      '3:19 regions[1].Mars.image: expected "auto" or an AMI id such as "ami-0abcdef1234567890", got 3',
      '4:5 regions[2]: expected a region such as us-west-2, with its settings indented below it, got 7',
      '5:4 regions[3]: expected a region such as us-west-2, with its settings indented below it, got nothing',
      '6:5 regions[4]: expected a region such as us-west-2, with its settings indented below it, got an empty list',
      '7:5 regions[5]: expected a region such as us-west-2, got an empty map',
      '8:16 regions[6].us-west-2: expected a map of settings such as {machine_type: t3.medium}, got "yes"',
    ],
  ],
  [
    'settings beside their region instead of below it',
    'regions:\n  - us-west-2:\n    machine_type: t3.medium\n    imagee: auto\n',
    [
      '2:5 regions[0]: expected one region with its settings indented below it, got us-west-2, machine_type, imagee side by side',
    ],
  ],
  [
    'a region without its dash',
    'regions:\n  - us-west-2: {}\n    us-east-1: {}\n',
    [
      '2:5 regions[0]: expected one region with a dash before it, got us-west-2, us-east-1 side by side',
    ],
  ],
  [
    'a region twice',
    'regions:\n  - us-west-2\n  - us-east-1: {}\n  - us-west-2: {}\n  - us-east-1\n',
    [
      '4:5 regions[2].us-west-2: expected each region once, it is already given at regions[0]',
      '5:5 regions[3]: expected each region once, it is already given at regions[1]',
    ],
  ],
  [
    'a name that AWS would refuse',
    'deployment: "my fleet!"\nregions: [us-west-2]\n',
    [
      '1:13 deployment: expected a name of at most 50 letters, digits and ._- such as "my-fleet", got "my fleet!"',
    ],
  ],
  [
    'durations that are none',
    'regions: [us-west-2]\ntimeouts:\n  booting: 90\n  launching: 1h30\n  verifying: 0\n  uploading: 25h\nsettle_time: 1:30\nhealth_interval: 0\n',
    [
      '3:12 timeouts.booting: expected a duration such as 5m, from 1s to 24h, got 90',
      '4:14 timeouts.launching: expected a duration such as 5m, from 1s to 24h, got "1h30"',
      '5:14 timeouts.verifying: expected a duration such as 3m, from 1s to 24h, got 0',
      '6:14 timeouts.uploading: expected a duration such as 10m, from 1s to 24h, got "25h"',
      '7:14 settle_time: expected a duration such as 5s, up to 10m, got "1:30"',
      '8:18 health_interval: expected a duration such as 20s, from 1s to 1h, got 0',
    ],
  ],
  [
    'checks with something missing',
    'regions: [us-west-2]\nchecks:\n  - name: disk\n  - command: ""\n  - true\n',
    [
      '3:5 checks[0].command: expected a shell command such as "mountpoint -q /bacalhau_data", got nothing',
      '4:5 checks[1].name: expected a name for the check such as "disk is mounted", got nothing',
      '4:14 checks[1].command: expected a shell command such as "mountpoint -q /bacalhau_data", got ""',
      '5:5 checks[2]: expected a map such as {name: disk is mounted, command: mountpoint -q /bacalhau_data}, got true',
    ],
  ],
  [
    'units and images with impossible names',
    'regions: [us-west-2]\nservices: [a b]\ncontainers: [-x]\nimages: {9: a, ok: "B C"}\n',
    [
      '2:12 services[0]: expected the name of a systemd unit such as "bacalhau-startup.service", got "a b"',
      '3:14 containers[0]: expected the name of a container such as "bacalhau-node", got "-x"',
      '4:10 images.9: expected a name such as "bacalhau", got "9"',
      '4:20 images.ok: expected a container image such as "ghcr.io/bacalhau-project/bacalhau:latest-dind", got "B C"',
    ],
  ],
  [
    'a key that is given twice, beside other mistakes',
    'aws:\n  username: me\n  total_instances: x\n  username: you\nregions: [us-west-2]\n',
    [
      '3:20 aws.total_instances: expected a whole number from 1 to 5000 such as 3, got "x"',
      '4:3 aws.username: expected each key once, it is already given in line 2',
    ],
  ],
  [
    'the value that would win where a key is given twice',
    'aws:\n  total_instances: 3\n  total_instances: 0\nregions: [us-west-2]\n',
    [
      '3:3 aws.total_instances: expected each key once, it is already given in line 2',
      '3:20 aws.total_instances: expected a whole number from 1 to 5000 such as 3, got 0',
    ],
  ],
  [
    "what YAML's own tags would turn into objects",
    'aws: !!timestamp 2020-01-01\nregions: !!set {us-west-2}\n',
    [
      '1:18 aws: expected a map of settings such as {total_instances: 3}, got "2020-01-01"',
      '2:16 regions: expected a list of regions such as [us-west-2, us-east-1], got a map',
    ],
  ],
  [
    'a mistake that is merged in from elsewhere in the file',
    'regions:\n  - us-west-2: &defaults\n      image: 3\n  - us-east-1:\n      <<: *defaults\n',
    [
      '3:14 regions[0].us-west-2.image: expected "auto" or an AMI id such as "ami-0abcdef1234567890", got 3',
      '3:14 regions[1].us-east-1.image: expected "auto" or an AMI id such as "ami-0abcdef1234567890", got 3',
    ],
  ],
  [
    'a list instead of a map',
    '- us-west-2\n',
    ['1:1: expected a map with the keys "aws" and "regions", got a list'],
  ],
  [
    'a word instead of a map',
    'hello\n',
    ['1:1: expected a map with the keys "aws" and "regions", got "hello"'],
  ],
  [
    'values that would break the line or trick the terminal',
    'deployment: "a\\nb\\e[31m\\u202e\\u2028"\nregions: [us-west-2]\n',
    [
      '1:13 deployment: expected a name of at most 50 letters, digits and ._- such as "my-fleet", got "a\\nb\\u001b[31m\\u{202e}\\u{2028}"',
    ],
  ],
  [
    'a bracket that is never closed',
    'regions: [us-west-2\naws: {}\n',
    [
      '2:1: not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ],
  [
    'a tab as indentation',
    'aws:\n\tusername: me\n',
    ['2:1: not valid YAML: indented with a tab, expected spaces'],
  ],
  [
    'several documents',
    'regions: [us-west-2]\n---\nregions: []\n',
    ['2:1: expected a single YAML document, but another one begins here'],
  ],
  ['a list as a key', '? [a]\n: b\n', ['1:3: expected a string as key, got a list or a map']],
  [
    'an alias of nothing',
    'regions: *regions\n',
    ['1:10: the alias *regions has no anchor &regions above it'],
  ],
  [
    'an alias of itself',
    'regions: &regions [*regions]\n',
    ['1:20: the alias *regions stands inside of what it refers to'],
  ],
  [
    'a merge of something else than a map',
    'aws:\n  <<: [1]\nregions: [us-west-2]\n',
    ['2:7: expected the alias of a map such as *defaults after <<'],
  ],
  [
    'aliases that would explode',
    `a0: &a0 [x, x]\n${Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]\n`).join('')}`,
    ['2:10: too many aliases: what they stand for would be too large'],
  ],
];

for (const [what, text, lines] of cases) {
  test(`refuses ${what}`, async (t) => {
    const { errors } = await rejectedLines(t, text);
    assert.deepEqual(
      errors,
      lines.map((line) => `config.yaml:${line}`),
    );
  });
}

test('a misspelt key is pointed out beside what is missing because of it', async (t) => {
  const { errors, warnings } = await rejectedLines(t, 'region:\n  - us-west-2\n');
  assert.deepEqual(errors, [
    'config.yaml:1:1 regions: expected a list of regions such as [us-west-2, us-east-1], got nothing',
  ]);
  assert.deepEqual(warnings, ['config.yaml:1:1 region: unknown key, did you mean "regions"?']);

  const inRegion = await rejectedLines(
    t,
    'regions: [{us-west-2: {imag: auto, machine_type: 3}}]\n',
  );
  assert.equal(inRegion.errors.length, 1);
  assert.deepEqual(inRegion.warnings, [
    'config.yaml:1:24 regions[0].us-west-2.imag: unknown key, did you mean "image"?',
  ]);
});

test('refuses a tower of brackets without running out of stack', async (t) => {
  for (const text of ['['.repeat(5000), '{a: '.repeat(100) + '}'.repeat(100), '- '.repeat(5000)]) {
    const { errors } = await rejectedLines(t, text);
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /^config\.yaml:1:\d+: nested too deeply for a configuration$/);
  }
});
