import type { Ec2Error } from './errors.ts';

/** An EC2 instance as the program sees it. */
export type Instance = {
  readonly instanceId: string;
  readonly region: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly imageId: string;
  readonly state: InstanceState;
  /** EC2's own words for the last change of state, such as `Server.SpotInstanceTermination`. */
  readonly stateReason?: string;
  /** Public address where there is one, else IPv6, else private; with a jump host private first. */
  readonly address?: string;
  readonly publicAddress?: string;
  readonly privateAddress?: string;
  /** Milliseconds since the Unix epoch. */
  readonly launchedAt: number;
  readonly lifecycle: Lifecycle;
  readonly tags: Readonly<Record<string, string>>;
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
export type InstanceState =
  | 'pending'
  | 'running'
  | 'shutting-down'
  | 'terminated'
  | 'stopping'
  | 'stopped';

/** Names of the tags that record a fleet; part of the contract. */
export const tagNames = {
  deployment: 'spot-tui:deployment',
  generation: 'spot-tui:generation',
  version: 'spot-tui:version',
  node: 'spot-tui:node',
  sshPort: 'spot-tui:ssh-port',
  /** When the instance may be destroyed: ISO 8601. */
  expires: 'spot-tui:expires',
  /** Fingerprint of the host key that was verified at its launch: `SHA256:…`. */
  hostKey: 'spot-tui:host-key',
  /**
   * On the launch template: the latest launch of the region, see `launch-record.ts`. On an instance:
   * how many were asked for with it, on which template, and whose launch it was.
   */
  launch: 'spot-tui:launch',
  /** On the launch template that is nothing else: which VPC is the deployment's. */
  vpc: 'spot-tui:vpc',
} as const;

/** Whether EC2 may take an instance back when it needs it, or not, at a higher price. */
export type Lifecycle = 'spot' | 'on-demand';

/** Where EC2 takes instances from: a type in a zone. */
export type CapacityPool = { readonly instanceType: string; readonly zone: string };

/** What a launch is asked for. */
export type LaunchRequest = {
  readonly count: number;
  /** User data before base64; at most 16 KB. */
  readonly userData: string;
  /** Default: `spot`. */
  readonly lifecycle?: Lifecycle;
  /**
   * Names of the nodes that the instances are for, in the order in which they are to get them.
   * Equal launches of several processes for the same nodes are one, and give the same instances.
   */
  readonly nodes?: readonly string[];
  /** Makes the launch one of its own, that others for the same nodes are not equal to. */
  readonly identity?: string;
  /** Pools that are only asked where no other is left. */
  readonly avoid?: readonly CapacityPool[];
};

/** A pool that gave no instance, or none in its stead, in EC2's words. */
export type LaunchRefusal = {
  /** Such as `InsufficientInstanceCapacity`. */
  readonly code: string;
  readonly message: string;
  readonly instanceType?: string;
  readonly zone?: string;
  readonly lifecycle?: Lifecycle;
};

export type LaunchAnswer = {
  /** The number of the launch in the region, which its instances carry as their generation. */
  readonly generation: number;
  /** Instances that came, but for those that are known to be gone again. */
  readonly instances: readonly LaunchedInstance[];
  /** Why fewer came than were asked for. */
  readonly refusals: readonly LaunchRefusal[];
  /**
   * Whether another launch had the number already. What that brought is listed now and nothing was
   * launched: whoever still lacks instances looks again, and launches again.
   */
  readonly isOvertaken: boolean;
  /** Whether EC2 gave as many as it was asked for, which is at most 500 at once. */
  readonly isFull: boolean;
  /** Whether pools are left, of the same lifecycle, that have not refused lately. */
  readonly hasMorePools: boolean;
};

export type LaunchedInstance = {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly zone?: string;
  readonly lifecycle?: Lifecycle;
};

/** A launch whose answer nobody has used yet, as far as EC2 tells. */
export type OpenLaunch = {
  /** Its number in the region, which its instances carry as their generation. */
  readonly generation: number;
  /** Instances that EC2 was, or was about to be, asked for. */
  readonly count: number;
  /** Milliseconds since the Unix epoch, by the clock of whoever launched. */
  readonly since: number;
};

/** What a type costs in a zone right now. */
export type SpotPrice = {
  readonly instanceType: string;
  readonly zone: string;
  /** US dollars per instance and hour. */
  readonly price: number;
};

/** What clean-up removed and what it could not, both in words for people. */
export type CleanupAnswer = {
  readonly removed: readonly string[];
  readonly left: readonly string[];
};

/** What carries a deployment's tag in a region. */
export type RegionScan = {
  readonly region: string;
  /** In any state, the terminated ones that EC2 still remembers included. */
  readonly instances: readonly Instance[];
  /** Everything else, in words for people: `security group spot-tui-orchard (us-west-2)`. */
  readonly resources: readonly string[];
  /** Why some kinds of resources could not be looked for, in words for people. */
  readonly unseen: readonly string[];
};

/**
 * One region of the cloud, for one deployment. Every method rejects with an `Ec2Error` that says
 * what failed, why, and what to do about it.
 */
export interface RegionCloud {
  readonly region: string;

  /**
   * The deployment's instances, those that EC2 still remembers as terminated included, and those
   * that this object launched but EC2 does not show yet.
   */
  describe(signal: AbortSignal): Promise<Instance[]>;

  /**
   * Makes what a launch needs where it is missing and finds it where it is there: image, network,
   * security group, key pair, launch template. Changes nothing that the deployment did not make.
   */
  prepare(request: Pick<LaunchRequest, 'userData'>, signal: AbortSignal): Promise<void>;

  /**
   * The deployment's instances, once EC2 lists all that the latest launch brought: its lists lag,
   * and whoever counts too early launches twice. What is counted before a launch is counted by
   * this. A launch that is not concluded is waited for only where that is asked for, because the
   * next launch asks for the same again. Waits for a minute at most.
   */
  settle(signal: AbortSignal, options?: { readonly awaitOpen?: boolean }): Promise<Instance[]>;

  /**
   * Launches once, on what `prepare` made and what `settle` found: under the number after that of
   * the latest launch, or under its number where it is not concluded, which then gives the very
   * instances that it gave. Neither can two processes launch under one number, nor does a number
   * launch twice.
   *
   * Partial fulfilment is an answer, not an error, and so is no capacity, or a limit of the account;
   * rejects for other reasons. An answer counts only once it is concluded.
   */
  launch(request: LaunchRequest, signal: AbortSignal): Promise<LaunchAnswer>;

  /** The launch's answer has been used, so that nobody has to ask for it again. */
  concludeLaunch(answer: LaunchAnswer, signal: AbortSignal): Promise<void>;

  /**
   * The launch that was begun and not brought to its end, if there is one, be it that it goes on at
   * this moment or that the program died in it: its instances may run and not be listed yet.
   */
  openLaunch(signal: AbortSignal): Promise<OpenLaunch | undefined>;

  /**
   * Checks by `DryRun` that the caller may do what a launch does, and change and remove what is there;
   * does nothing.
   */
  rehearse(request: LaunchRequest, signal: AbortSignal): Promise<void>;

  /** Writes one tag set on each of the named instances. */
  tag(
    tags: ReadonlyMap<string, Readonly<Record<string, string>>>,
    signal: AbortSignal,
  ): Promise<void>;

  /**
   * Polls the deployment's instances until the signal aborts, which ends the iteration; one call a
   * poll and page whatever the number of nodes. What this object launched, tagged or terminated is
   * in every snapshot, also while EC2 does not show it yet. Passing failures (throttling, network)
   * only lengthen the interval; others end the iteration with an `Ec2Error`.
   */
  watch(options: WatchOptions): AsyncIterable<Instance[]>;

  /**
   * Terminates the named instances; those that are gone already count as terminated.
   *
   * @returns Why not, by instance id, for each that EC2 does not terminate; empty when all end.
   */
  terminate(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Ec2Error>>;

  /** Removes what `prepare` made, once no instance of the deployment is left. */
  cleanUp(signal: AbortSignal): Promise<CleanupAnswer>;

  /**
   * Current spot prices of the configured instance types of the region, or of the given ones,
   * cheapest first: one call however many there are.
   */
  spotPrices(signal: AbortSignal, instanceTypes?: readonly string[]): Promise<SpotPrice[]>;

  /**
   * What the configured instance types of the region, or the given ones, cost on demand: US dollars
   * per hour, by type. Types of which that is not known are absent; all are where EC2 is not AWS'.
   */
  onDemandPrices(
    signal: AbortSignal,
    instanceTypes?: readonly string[],
  ): Promise<ReadonlyMap<string, number>>;

  /** The console's text, newest last; empty while EC2 has none. */
  consoleOutput(instanceId: string, signal: AbortSignal): Promise<string>;

  /**
   * EC2's time, for what others compare with theirs; this machine's as long as the two are not known
   * to differ by minutes. Milliseconds since the Unix epoch.
   */
  now(): number;

  /** What keeps calls waiting at the moment: throttling, the network, expired credentials. */
  trouble?(): CloudTrouble | undefined;
}

/** Something that calls wait for to pass: what it is and what to do about it, one line each. */
export type CloudTrouble = { readonly message: string; readonly hint: string };

export type WatchOptions = {
  /** Milliseconds between polls. */
  readonly interval: number;
  readonly signal: AbortSignal;
};
