import * as z from 'zod';
import {
  cidrBlock,
  expecting,
  list,
  localPath,
  nodeDirectory,
  price,
  tags,
  text,
  wholeNumber,
  yesNo,
} from './fields.ts';
import { instanceTypes, port, resource, storageGb } from './schema-values.ts';

/** Bounds that the command line's `--count` shares. */
export const instanceCount = { minimum: 1, maximum: 5000 } as const;

export const aws = z
  .strictObject(
    {
      profile: text('the name of an AWS profile such as "default"', /^[^\x00-\x1f\x7f]{1,255}$/, {
        description: 'Profile of the AWS credentials; absent means the environment decides.',
        examples: ['default'],
      }).optional(),
      total_instances: wholeNumber(3, instanceCount.minimum, instanceCount.maximum, {
        description: 'Nodes over all regions, spread as evenly as possible.',
      }).prefault(3),
      instance_types: instanceTypes(
        'Instance types that will do in regions that name none, best first.',
      ).optional(),
      username: text('the name of a login user such as "ubuntu"', /^[a-z_][a-z0-9_-]{0,31}$/, {
        description: 'User that SSH logs in as.',
        examples: ['ubuntu'],
      }).prefault('ubuntu'),
      ssh_port: port(22, 'Port that SSH listens on.').prefault(22),
      jump_host: text(
        'a machine to go through such as "ubuntu@203.0.113.7:22"',
        /^(?:[a-z_][a-z0-9_-]{0,31}@)?(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]{0,252})(?::[0-9]{1,5})?$/,
        {
          description:
            'Machine that SSH goes through to nodes without a public address; the user is `username` unless it says another one.',
          examples: ['ubuntu@203.0.113.7'],
        },
      ).optional(),
      ssh_key_name: text(
        'the name of a key pair such as "my-aws-key-pair"',
        /^[\x20-\x7e]{1,255}$/,
        {
          description: 'Key pair that exists in EC2; absent means that the public key is imported.',
          examples: ['my-aws-key-pair'],
        },
      ).optional(),
      public_ssh_key_path: localPath('~/.ssh/id_ed25519.pub', {
        description: 'Public SSH key; absent means `private_ssh_key_path` with `.pub` at its end.',
        examples: ['~/.ssh/id_ed25519.pub'],
      }).optional(),
      private_ssh_key_path: localPath('~/.ssh/id_ed25519', {
        description: 'Private SSH key; absent means that the SSH agent has it.',
        examples: ['~/.ssh/id_ed25519'],
      }).optional(),
      ssh_allowed_cidrs: list('a list of CIDR blocks such as ["203.0.113.7/32"]', cidrBlock, {
        description: 'Who may reach SSH; empty or absent means your own address only.',
      }).prefault([]),
      open_ports: list('a list of TCP ports such as [4222]', port(4222, 'A TCP port.'), {
        description:
          'TCP ports that everybody may reach; absent means 4222 if there is a Bacalhau configuration, else none.',
        examples: [[4222]],
      }).optional(),
      files_directory: localPath('files', {
        description: 'Directory whose contents land in /opt/uploaded_files.',
        examples: ['files'],
      }).optional(),
      scripts_directory: localPath('scripts', {
        description:
          'Directory whose contents land in /opt/uploaded_files/scripts; systemd units in it are installed.',
        examples: ['scripts'],
      }).optional(),
      config_directory: localPath('config', {
        description: 'Directory whose contents land in /opt/uploaded_files/config.',
        examples: ['config'],
      }).optional(),
      units_directory: localPath('units', {
        description:
          'Directory of systemd units, which are installed and, with an [Install] section, started.',
        examples: ['units'],
      }).optional(),
      compose_directory: localPath('compose', {
        description:
          'Directory with a Compose file, or with a folder for each of several: each becomes a service of the nodes. Its contents land in /opt/uploaded_files/compose.',
        examples: ['compose'],
      }).optional(),
      startup_script: localPath('scripts/startup.sh', {
        description: 'Script that runs once the files are in place.',
        examples: ['scripts/startup.sh'],
      }).optional(),
      additional_commands_script: localPath('scripts/additional_commands.sh', {
        description: 'Script that runs after the startup script.',
        examples: ['scripts/additional_commands.sh'],
      }).optional(),
      cloud_init_template: localPath('cloud-init.yaml', {
        description: 'cloud-config that is merged over the built-in one.',
        examples: ['cloud-init.yaml'],
      }).optional(),
      bacalhau_config_template: localPath('config/bacalhau-config.yaml', {
        description: 'Lands in /opt/uploaded_files/config as bacalhau-config.yaml.',
        examples: ['config/bacalhau-config.yaml'],
      }).optional(),
      docker_compose_template: localPath('config/docker-compose.yaml', {
        description: 'Lands in /opt/uploaded_files/config as docker-compose.yaml.',
        examples: ['config/docker-compose.yaml'],
      }).optional(),
      bacalhau_data_dir: nodeDirectory('/bacalhau_data', {
        description: 'Directory on the nodes for the data that Bacalhau works on.',
      }).prefault('/bacalhau_data'),
      bacalhau_node_dir: nodeDirectory('/bacalhau_node', {
        description: 'Directory on the nodes for the state of Bacalhau.',
      }).prefault('/bacalhau_node'),
      spot_price_limit: price({
        description:
          'Most that a spot instance may cost, in US dollars per hour; absent means the on-demand price.',
        examples: [0.05],
      }).optional(),
      on_demand_fallback: yesNo({
        description:
          'Whether nodes for which there is no spot capacity are launched on demand, at its price; not where only `spot_price_limit` is in the way.',
      }).prefault(false),
      instance_storage_gb: storageGb('Size of the root volume in GiB.').prefault(20),
      associate_public_ip: yesNo({
        description: 'Whether nodes get a public IPv4 address.',
      }).prefault(true),
      vpc_id: resource('vpc', 'VPC to launch in; absent means the default one.').optional(),
      subnet_id: resource(
        'subnet',
        'Subnet to launch in; absent means those of the VPC.',
      ).optional(),
      security_groups: list(
        'a list of security groups such as [sg-0a1b2c3d4e5f67890]',
        resource('sg', 'A security group.'),
        { description: 'Groups to attach besides the one that is made for the deployment.' },
      ).prefault([]),
      use_dedicated_vpc: yesNo({
        description:
          'Whether the deployment gets a VPC of its own in each region; not with `vpc_id` or `subnet_id`.',
      }).prefault(false),
      tags: tags({
        description: 'Tags of the instances and their volumes.',
        examples: [{ Project: 'my-project' }],
      }).prefault({}),
    },
    expecting('a map of settings such as {total_instances: 3}'),
  )
  .meta({ description: 'What is the same in all regions.' });
