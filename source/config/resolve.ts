import path from 'node:path';
import type {
  Config,
  Expectations,
  JumpHost,
  NetworkConfig,
  PayloadConfig,
  RegionConfig,
  SshConfig,
} from './config.ts';
import { foldDeploymentName } from './deployment-name.ts';
import { type PathBase, resolveLocalPath } from './local-path.ts';
import type { ConfigFile } from './schema.ts';
import { parseSecretReference, type SecretReference } from './secret-reference.ts';

type AwsSection = ConfigFile['aws'];
type RegionEntry = ConfigFile['regions'][number];
type ToPath = (written: string | undefined) => string | undefined;

const defaultInstanceTypes = ['t3.medium'];
const bacalhauPort = 4222;

/**
 * What a valid file means: sections put together, defaults that depend on other keys filled in,
 * paths absolute.
 *
 * @param base What paths are relative to, and the name of a deployment that has none; absent means
 * after the folder.
 */
export const resolveConfig = (
  written: ConfigFile,
  base: PathBase & { readonly deployment?: string | undefined },
): Config => {
  const toPath: ToPath = (local) =>
    local === undefined ? undefined : resolveLocalPath(local, base);
  const regions = written.regions.map((region) => resolveRegion(region, written.aws));
  return present({
    deployment:
      written.deployment ?? base.deployment ?? foldDeploymentName(path.basename(base.folder)),
    totalInstances: written.aws.total_instances,
    regions,
    ssh: resolveSsh(written.aws, toPath),
    network: resolveNetwork(written.aws),
    payload: resolvePayload(written, toPath),
    secrets: resolveSecrets(written.secrets, base, regions),
    expectations: resolveExpectations(written),
    timeouts: written.timeouts,
    settleTime: written.settle_time,
    healthInterval: written.health_interval,
    placement: written.placement,
    onDemandFallback: written.aws.on_demand_fallback,
    interruption: present({
      replace: written.replace_interrupted,
      drainCommand: written.drain_command,
    }),
    unverifiedHostKeys: written.unverified_host_keys,
    timeToLive: written.ttl,
    profile: written.aws.profile,
    keys: written.keys === undefined ? undefined : resolveKeys(written.keys),
  });
};

const resolveKeys = (keys: NonNullable<ConfigFile['keys']>): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(keys).map(([command, own]) => [
      command,
      [own].flat().map((key) => (key === 'space' ? ' ' : key)),
    ]),
  );

const resolveRegion = (entry: RegionEntry, aws: AwsSection): RegionConfig => {
  const [[region, settings] = []] = typeof entry === 'string' ? [[entry]] : Object.entries(entry);
  if (region === undefined) throw new TypeError('a region entry without a region was let through');
  const named = [
    ...(settings?.machine_type === undefined ? [] : [settings.machine_type]),
    ...(settings?.instance_types ?? []),
  ];
  return present({
    region,
    instanceTypes: unique(named.length > 0 ? named : (aws.instance_types ?? defaultInstanceTypes)),
    image: settings?.image ?? 'auto',
    spotPriceLimit: settings?.spot_price_limit ?? aws.spot_price_limit,
    storageGb: settings?.instance_storage_gb ?? aws.instance_storage_gb,
    tags: textTags({ ...aws.tags, ...settings?.tags }),
  });
};

const textTags = (tags: AwsSection['tags']): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)]));

const resolveSsh = (aws: AwsSection, toPath: ToPath): SshConfig => {
  const derivedPublicKey =
    aws.ssh_key_name === undefined && aws.private_ssh_key_path !== undefined
      ? `${aws.private_ssh_key_path}.pub`
      : undefined;
  return present({
    username: aws.username,
    port: aws.ssh_port,
    keyName: aws.ssh_key_name,
    publicKeyPath: toPath(aws.public_ssh_key_path ?? derivedPublicKey),
    privateKeyPath: toPath(aws.private_ssh_key_path),
    jumpHost: aws.jump_host === undefined ? undefined : resolveJumpHost(aws.jump_host, aws),
  });
};

const resolveJumpHost = (written: string, aws: AwsSection): JumpHost => {
  const {
    host = '',
    port,
    user,
  } = /^(?:(?<user>[^@]+)@)?(?<host>\[[^\]]+\]|[^:]+)(?::(?<port>\d+))?$/.exec(written)?.groups ??
  {};
  return {
    username: user ?? aws.username,
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? 22),
  };
};

const resolveNetwork = (aws: AwsSection): NetworkConfig =>
  present({
    vpcId: aws.vpc_id,
    subnetId: aws.subnet_id,
    securityGroups: unique(aws.security_groups),
    associatePublicIp: aws.associate_public_ip,
    useDedicatedVpc:
      aws.use_dedicated_vpc && aws.vpc_id === undefined && aws.subnet_id === undefined,
    sshAllowedCidrs: unique(aws.ssh_allowed_cidrs),
    openPorts: unique(
      aws.open_ports ?? (aws.bacalhau_config_template === undefined ? [] : [bacalhauPort]),
    ),
  });

const resolvePayload = ({ aws, images }: ConfigFile, toPath: ToPath): PayloadConfig =>
  present({
    filesDirectory: toPath(aws.files_directory),
    scriptsDirectory: toPath(aws.scripts_directory),
    configDirectory: toPath(aws.config_directory),
    unitsDirectory: toPath(aws.units_directory),
    composeDirectory: toPath(aws.compose_directory),
    startupScript: toPath(aws.startup_script),
    additionalCommandsScript: toPath(aws.additional_commands_script),
    cloudInitTemplate: toPath(aws.cloud_init_template),
    bacalhauConfigTemplate: toPath(aws.bacalhau_config_template),
    dockerComposeTemplate: toPath(aws.docker_compose_template),
    bacalhauDataDirectory: aws.bacalhau_data_dir,
    bacalhauNodeDirectory: aws.bacalhau_node_dir,
    images,
  });

const resolveSecrets = (
  written: ConfigFile['secrets'],
  base: PathBase,
  [first]: readonly RegionConfig[],
): Record<string, SecretReference> => {
  const toPath = (local: string) => resolveLocalPath(local, base);
  return Object.fromEntries(
    Object.entries(written).map(([name, reference]) => [
      name,
      parseSecretReference(reference, { toPath, region: first?.region ?? '' }),
    ]),
  );
};

const resolveExpectations = ({ services, containers, checks }: ConfigFile): Expectations =>
  present({
    services: services === undefined ? undefined : unique(services.map(unitName)),
    containers: containers === undefined ? undefined : unique(containers),
    commands: checks,
  });

const unitSuffix =
  /\.(?:service|socket|target|timer|path|mount|automount|swap|slice|scope|device)$/;

const unitName = (name: string): string => (unitSuffix.test(name) ? name : `${name}.service`);

const unique = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];

/** What is left when the keys that are undefined are absent. */
type Present<Values> = {
  [Key in keyof Values as undefined extends Values[Key] ? never : Key]: Values[Key];
} & {
  [Key in keyof Values as undefined extends Values[Key] ? Key : never]?: Exclude<
    Values[Key],
    undefined
  >;
};

const present = <Values extends object>(values: Values): Present<Values> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Present<Values>;
