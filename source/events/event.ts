import type { PipelinePhase } from './phase.ts';
import type { Topic } from './topic.ts';

/** What every event carries: when it happened, in milliseconds since the Unix epoch. */
type Timed = { readonly time: number };

/** What every event about one node carries. */
type OfNode = Timed & {
  /** Name of the node, `<region>-<n>`. */
  readonly node: string;
};

/**
 * A node entered a phase of its pipeline. Each phase is entered at most once per attempt, in order.
 * The one exception: a node that was `failed` or `degraded` and is found well enters `ready` in the
 * same attempt, once more each time that this happens.
 */
export type PipelinePhaseEvent = OfNode & {
  readonly event: 'phase';
  readonly phase: PipelinePhase;
  readonly region: string;
  /** Absent until the launch was answered. */
  readonly instanceId?: string;
  /** 1 for the first run of the node's pipeline, one more for each retry. */
  readonly attempt: number;
};

/** A node's pipeline ended without success. */
export type FailedEvent = OfNode & {
  readonly event: 'phase';
  readonly phase: 'failed';
  readonly failedPhase: PipelinePhase;
  /** What failed and why, with the underlying message: one line. */
  readonly reason: string;
  /** What to do next: one line. */
  readonly hint: string;
  /** Where to read on. */
  readonly topic?: Topic;
  /** The failing command's last lines of output, oldest first. */
  readonly output?: readonly string[];
};

/** A node that was ready fails a check now. */
export type DegradedEvent = OfNode & {
  readonly event: 'phase';
  readonly phase: 'degraded';
  readonly reason: string;
  readonly hint: string;
  readonly topic?: Topic;
};

/** The spot instance is being reclaimed by EC2. */
export type InterruptedEvent = OfNode & {
  readonly event: 'phase';
  readonly phase: 'interrupted';
  readonly reason: string;
  /** What to do next, where there is something: one line. */
  readonly hint?: string;
  readonly topic?: Topic;
  /** When EC2 takes the instance, in milliseconds since the Unix epoch; absent when it is gone. */
  readonly deadline?: number;
};

/** The instance is on its way out, or gone. */
export type TerminationEvent = OfNode & {
  readonly event: 'phase';
  readonly phase: 'terminating' | 'terminated';
  readonly reason: string;
  /** What to do next, where it was not asked for here: one line. */
  readonly hint?: string;
  readonly topic?: Topic;
};

export type PhaseEvent =
  | PipelinePhaseEvent
  | FailedEvent
  | DegradedEvent
  | InterruptedEvent
  | TerminationEvent;

/** What is known of the machine behind a node; emitted when it becomes known and when it changes. */
export type InstanceEvent = OfNode & {
  readonly event: 'instance';
  readonly instanceId: string;
  readonly region: string;
  readonly zone?: string;
  readonly instanceType?: string;
  /** Whether EC2 may take it back when it needs it. */
  readonly lifecycle?: 'spot' | 'on-demand';
  readonly imageId?: string;
  /** The address that SSH uses. */
  readonly address?: string;
  readonly sshPort?: number;
  /** Where it can be reached from outside of its network, and from inside. */
  readonly publicAddress?: string;
  readonly privateAddress?: string;
  /**
   * What it costs in US dollars an hour: the spot price of its pool as EC2 last named it, or the
   * on-demand price of its type.
   */
  readonly pricePerHour?: number;
  /** Milliseconds since the Unix epoch. */
  readonly launchedAt?: number;
  /** When it may be destroyed; milliseconds since the Unix epoch. Absent for never. */
  readonly expiresAt?: number;
  /**
   * How far its SSH host key is trusted, once a connection was made: `verified` by EC2's console or
   * the tag of its launch, or `pinned` because it was the first that was seen.
   */
  readonly hostKey?: 'verified' | 'pinned';
  /** Of that key: `SHA256:…`. */
  readonly hostKeyFingerprint?: string;
  /** Since when EC2 says that the risk of its end has risen; milliseconds since the Unix epoch. */
  readonly rebalanceSince?: number;
  /** Name of the node that was launched in its place because EC2 takes it back. */
  readonly replacedBy?: string;
};

/**
 * A node that got no machine in its region gets one in another: the old name is no node any more,
 * and what comes next is about the new one.
 */
export type MovedEvent = OfNode & {
  readonly event: 'moved';
  /** Name of the node from now on. */
  readonly to: string;
  /** Why it could not be where it was meant to be: one line. */
  readonly reason: string;
};

/** Bytes of a transfer that the node has acknowledged. */
export type ProgressEvent = OfNode & {
  readonly event: 'progress';
  readonly phase: PipelinePhase;
  readonly done: number;
  readonly total: number;
};

/** A line that something on a node, or the controller on its behalf, had to say. */
export type LogEvent = OfNode & {
  readonly event: 'log';
  /** systemd unit, `cloud-init`, or `spot-tui` for what the controller itself says. */
  readonly source: string;
  /** Free of control sequences: stripped where it enters the program. */
  readonly message: string;
};

/** What one check says about a node. */
export type CheckOutcome = {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** What was found: one line. */
  readonly detail: string;
  /** What to do about a failure: one line. */
  readonly hint?: string;
};

/** A service or container of a node, in its own words: `active`, `running`, `exited`, `failed`. */
export type WorkloadHealth = {
  readonly name: string;
  readonly state: string;
  readonly detail: string;
};

/** How much of something there is and how much of it is used, in bytes. */
export type Usage = { readonly used: number; readonly total: number };

/** How a node was found when it was last looked at; emitted when something in it has changed. */
export type HealthEvent = OfNode & {
  readonly event: 'health';
  readonly checks: readonly CheckOutcome[];
  readonly services: readonly WorkloadHealth[];
  readonly containers: readonly WorkloadHealth[];
  /** Processes that want to run, averaged over a minute, and how many can at once. */
  readonly load?: { readonly average: number; readonly processors: number };
  readonly memory?: Usage;
  /** Of the file system that holds `/`. */
  readonly disk?: Usage;
  /** Milliseconds for which the machine has been up. */
  readonly uptime?: number;
};

/** What people can ask of a fleet. */
export const actionNames = [
  'configure',
  'push',
  'retry',
  'doctor',
  'exec',
  'terminate',
  'replace',
  'launch',
] as const;

export type ActionName = (typeof actionNames)[number];

/**
 * Somebody asked for something, or that is over. `started` comes once; `done` and `cancelled` come
 * once every node has its result.
 */
export type ActionEvent = Timed & {
  readonly event: 'action';
  /** Counts the actions of a run from 1. */
  readonly id: number;
  readonly action: ActionName;
  readonly state: 'started' | 'done' | 'cancelled';
  /** Nodes that it works on. */
  readonly nodes: readonly string[];
  /** Who asked: `user@machine`. */
  readonly by: string;
  /** What more there is to say: the command of `exec`, the batches of `push`. */
  readonly detail?: string;
  /** Why it failed before it had any node to work on; one line. */
  readonly failure?: string;
};

/** What an action is doing to one node, or has come to there. */
export type ActionResultEvent = OfNode & {
  readonly event: 'action-result';
  readonly id: number;
  readonly action: ActionName;
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled' | 'skipped';
  /** One line. */
  readonly detail: string;
  /** Lines that a command printed, both streams as they came; the last ones where there are many. */
  readonly output?: readonly string[];
  /** Of a command that ended by itself. */
  readonly exitStatus?: number;
};

/** Something about the whole fleet or one region that people should read. */
export type NoticeEvent = Timed & {
  readonly event: 'notice';
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly hint?: string;
  /** Where to read on. */
  readonly topic?: Topic;
  readonly region?: string;
};

/** The command has a fleet to work on: which, and how many nodes it is meant to have. */
export type FleetStartedEvent = Timed & {
  readonly event: 'fleet';
  readonly deployment: string;
  readonly command: string;
  readonly regions: readonly string[];
  readonly nodes: number;
  /** Who runs the command: `user@machine`. */
  readonly by?: string;
};

/** What became of the fleet: the last line of `create`. */
export type SummaryEvent = Timed & {
  readonly event: 'summary';
  readonly ready: number;
  readonly failed: number;
  /** Nodes that EC2 took back, but for those that were replaced. */
  readonly interrupted: number;
  readonly terminated: number;
  /** Nodes that EC2 took back and that another node has the place of; absent for none. */
  readonly replaced?: number;
  readonly elapsedSeconds: number;
  /** Requests sent to EC2, retries included. */
  readonly apiCalls: number;
  /** US dollars an hour of the instances whose price is known; absent where none is. */
  readonly pricePerHour?: number;
  /** Instances whose price is not known; absent where there are none. */
  readonly unpriced?: number;
};

/** Everything that happens, as it happened: all views are folds over these. */
export type FleetEvent =
  | FleetStartedEvent
  | PhaseEvent
  | InstanceEvent
  | MovedEvent
  | ProgressEvent
  | LogEvent
  | HealthEvent
  | ActionEvent
  | ActionResultEvent
  | NoticeEvent
  | SummaryEvent;

/** An event about one node. */
export type NodeEvent = Extract<FleetEvent, { readonly node: string }>;

/** Takes events in the order in which they happen. */
export type Emit = (event: FleetEvent) => void;
