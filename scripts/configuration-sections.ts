/** Part of the page about the configuration: keys that are read together. */
export type ConfigurationSection = {
  readonly heading: string;
  /** What somebody who looks for a key here wants. */
  readonly about: string;
  /** Paths as in the file; `REGION` stands for a region's name, `[]` for an item of a list. */
  readonly keys: readonly string[];
};

/** Every key once, in the order in which somebody who sets a fleet up comes to it. */
export const configurationSections: readonly ConfigurationSection[] = [
  {
    heading: 'The fleet',
    about: 'How many nodes, where, and how long they live.',
    keys: ['deployment', 'aws.total_instances', 'regions', 'placement', 'ttl', 'aws.tags'],
  },
  {
    heading: 'Machines and prices',
    about: 'What a node is, and what it may cost.',
    keys: [
      'aws.instance_types',
      'aws.spot_price_limit',
      'aws.on_demand_fallback',
      'aws.instance_storage_gb',
    ],
  },
  {
    heading: 'One region',
    about: 'Indented below a region of `regions`, for what is different there.',
    keys: [
      'regions[].REGION.machine_type',
      'regions[].REGION.instance_types',
      'regions[].REGION.image',
      'regions[].REGION.spot_price_limit',
      'regions[].REGION.instance_storage_gb',
      'regions[].REGION.tags',
    ],
  },
  {
    heading: 'What runs on the nodes',
    about:
      'Files, scripts and units from your machine. Paths are relative to the configuration file; `~` is your home folder. [deployments.md](deployments.md) says what goes where, what starts, and how files get values of their node.',
    keys: [
      'aws.files_directory',
      'aws.scripts_directory',
      'aws.config_directory',
      'aws.units_directory',
      'aws.compose_directory',
      'aws.startup_script',
      'aws.additional_commands_script',
      'aws.cloud_init_template',
      'aws.docker_compose_template',
      'aws.bacalhau_config_template',
      'aws.bacalhau_data_dir',
      'aws.bacalhau_node_dir',
      'images',
    ],
  },
  {
    heading: 'Tokens and passwords',
    about:
      'What nodes need and no file of yours may show. [deployments.md](deployments.md#secrets) has every form.',
    keys: ['secrets'],
  },
  {
    heading: 'When a node is ready',
    about: 'What must hold on a node, and how often it is looked at.',
    keys: [
      'services',
      'containers',
      'checks',
      'checks[].name',
      'checks[].command',
      'settle_time',
      'health_interval',
    ],
  },
  {
    heading: 'When EC2 takes a node back',
    about: '[interruptions.md](interruptions.md) tells the whole story.',
    keys: ['drain_command', 'replace_interrupted'],
  },
  {
    heading: 'SSH',
    about: 'How nodes are reached. [host-keys.md](host-keys.md) tells how it is known who answers.',
    keys: [
      'aws.username',
      'aws.ssh_port',
      'aws.private_ssh_key_path',
      'aws.public_ssh_key_path',
      'aws.ssh_key_name',
      'aws.jump_host',
      'unverified_host_keys',
    ],
  },
  {
    heading: 'Network',
    about:
      'Where nodes are, and who reaches them. [networking.md](networking.md) has whole examples.',
    keys: [
      'aws.ssh_allowed_cidrs',
      'aws.open_ports',
      'aws.associate_public_ip',
      'aws.use_dedicated_vpc',
      'aws.vpc_id',
      'aws.subnet_id',
      'aws.security_groups',
    ],
  },
  {
    heading: 'Account',
    about: 'Whose EC2 it is. [security.md](security.md) has the permissions that it takes.',
    keys: ['aws.profile'],
  },
  {
    heading: 'Timeouts',
    about:
      'How long each phase may take, such as `90s`, `2m` or `1h30m`. A phase that takes longer fails on that node only.',
    keys: [
      'timeouts.launching',
      'timeouts.booting',
      'timeouts.connecting',
      'timeouts.uploading',
      'timeouts.cloud-init',
      'timeouts.configuring',
      'timeouts.verifying',
    ],
  },
  { heading: 'Dashboard', about: 'Your own keys.', keys: ['keys'] },
];

/** What the old `deploy_spot.py` knew and spot-tui reads under the same name. */
export const keysOfTheOldSystem: readonly string[] = [
  'aws.total_instances',
  'aws.username',
  'aws.ssh_key_name',
  'aws.public_ssh_key_path',
  'aws.private_ssh_key_path',
  'aws.files_directory',
  'aws.scripts_directory',
  'aws.cloud_init_template',
  'aws.startup_script',
  'aws.additional_commands_script',
  'aws.bacalhau_data_dir',
  'aws.bacalhau_node_dir',
  'aws.bacalhau_config_template',
  'aws.docker_compose_template',
  'aws.spot_price_limit',
  'aws.instance_storage_gb',
  'aws.associate_public_ip',
  'aws.use_dedicated_vpc',
  'aws.tags',
  'regions',
  'regions[].REGION.machine_type',
  'regions[].REGION.image',
  'regions[].REGION.spot_price_limit',
  'regions[].REGION.instance_storage_gb',
  'regions[].REGION.tags',
];
