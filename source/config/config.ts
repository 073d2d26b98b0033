import type { PipelinePhase } from '../events/phase.ts';
import type { SecretReference } from './secret-reference.ts';

/** A validated configuration: defaults filled in, paths absolute, durations in milliseconds. */
export type Config = {
  /** Name of the deployment: every resource in AWS carries it as the tag `spot-tui:deployment`. */
  readonly deployment: string;
  /** Absolute path of the file that this was read from; absent for the built-in configuration. */
  readonly file?: string;
  /** Nodes wanted over all regions. */
  readonly totalInstances: number;
  /** In the order of the file; the remainder of an even spread goes to the first. */
  readonly regions: readonly RegionConfig[];
  readonly ssh: SshConfig;
  readonly network: NetworkConfig;
  readonly payload: PayloadConfig;
  /** Where the secrets are that nodes get as `/opt/uploaded_files/secrets/NAME`, by name. */
  readonly secrets: Readonly<Record<string, SecretReference>>;
  readonly expectations: Expectations;
  /** Milliseconds that each phase may take. */
  readonly timeouts: Readonly<Record<TimedPhase, number>>;
  /** Milliseconds a service must have run without interruption before it counts as started. */
  readonly settleTime: number;
  /** Milliseconds between two looks at a node that is ready. */
  readonly healthInterval: number;
  /** Where nodes go that a region has no capacity for. */
  readonly placement: 'spread' | 'anywhere';
  /** Whether nodes without spot capacity are launched on demand. */
  readonly onDemandFallback: boolean;
  /** What is done about a node that EC2 takes back. */
  readonly interruption: InterruptionConfig;
  /** What to do with a host key that can't be verified; absent: `fail` with `--ci`, else `pin`. */
  readonly unverifiedHostKeys?: 'fail' | 'pin';
  /** Milliseconds that nodes may live; absent means for ever. */
  readonly timeToLive?: number;
  /** Name of the AWS profile, if the configuration names one. */
  readonly profile?: string;
  /** Keys of the dashboard by command, in place of the command's own. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
};

/** The phases that take time and can therefore run out of it. */
export type TimedPhase = Exclude<PipelinePhase, 'pending' | 'ready'>;

export type RegionConfig = {
  /** Such as `us-west-2`. */
  readonly region: string;
  /** Instance types that will do, best first; never empty. */
  readonly instanceTypes: readonly string[];
  /** `auto` for the latest Ubuntu 24.04 LTS, or an AMI id. */
  readonly image: string;
  /** US dollars per instance and hour; absent means the on-demand price is the limit. */
  readonly spotPriceLimit?: number;
  /** Size of the root volume in GiB. */
  readonly storageGb: number;
  /** Global tags with those of the region on top. */
  readonly tags: Readonly<Record<string, string>>;
};

export type InterruptionConfig = {
  /** Whether it is replaced at once, while the fleet is watched. */
  readonly replace: boolean;
  /** Shell command that runs on the node as the login user, for as long as there is time. */
  readonly drainCommand?: string;
};

export type SshConfig = {
  readonly username: string;
  /** Port of nodes that do not say another one in their `spot-tui:ssh-port` tag. */
  readonly port: number;
  /** Key pair that exists in EC2; absent means that `publicKeyPath` is imported. */
  readonly keyName?: string;
  /** Absolute path. */
  readonly publicKeyPath?: string;
  /** Absolute path; absent means that the SSH agent has the key. */
  readonly privateKeyPath?: string;
  /** Machine that connections to nodes go through. */
  readonly jumpHost?: JumpHost;
};

export type JumpHost = {
  readonly username: string;
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
};

export type NetworkConfig = {
  readonly vpcId?: string;
  readonly subnetId?: string;
  /** Groups to attach besides the one that is made for the deployment. */
  readonly securityGroups: readonly string[];
  readonly associatePublicIp: boolean;
  readonly useDedicatedVpc: boolean;
  /** CIDR blocks that may reach port 22; empty means the caller's own address. */
  readonly sshAllowedCidrs: readonly string[];
  /** TCP ports that are opened to the world because the services need them. */
  readonly openPorts: readonly number[];
};

/** Where the files come from that are uploaded to each node; absolute paths. */
export type PayloadConfig = {
  /** Contents land in `/opt/uploaded_files`. */
  readonly filesDirectory?: string;
  /** Units go to `/etc/systemd/system`, everything else to `/opt/uploaded_files/scripts`. */
  readonly scriptsDirectory?: string;
  /** Contents land in `/opt/uploaded_files/config`. */
  readonly configDirectory?: string;
  /** Units and their drop-ins, which go to `/etc/systemd/system`. */
  readonly unitsDirectory?: string;
  /** Compose files, directly in it or in a folder each; lands in `/opt/uploaded_files/compose`. */
  readonly composeDirectory?: string;
  /** Script that a unit made for it runs once the files are in place. */
  readonly startupScript?: string;
  /** The old system's extra script, run after the startup script. */
  readonly additionalCommandsScript?: string;
  /** cloud-config that is merged over the built-in user data. */
  readonly cloudInitTemplate?: string;
  /** Lands in `/opt/uploaded_files/config` as `bacalhau-config.yaml`. */
  readonly bacalhauConfigTemplate?: string;
  /** Lands in `/opt/uploaded_files/config` as `docker-compose.yaml`. */
  readonly dockerComposeTemplate?: string;
  readonly bacalhauDataDirectory: string;
  readonly bacalhauNodeDirectory: string;
  /** Container images by the name under which the shipped compose files refer to them. */
  readonly images: Readonly<Record<string, string>>;
};

/** What must hold on a node, beyond its files, before it is `ready`. */
export type Expectations = {
  /** Units that must be active; absent means every service of the payload. */
  readonly services?: readonly string[];
  /** Containers that must run; absent means those of the payload's compose files. */
  readonly containers?: readonly string[];
  /** Commands that must exit 0 on the node. */
  readonly commands: readonly { readonly name: string; readonly command: string }[];
};
