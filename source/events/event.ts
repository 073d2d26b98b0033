import type { PipelinePhase } from './phase.ts';

/** What every event carries: when it happened, in milliseconds since the Unix epoch. */
type Timed = { readonly time: number };

/** What every event about one node carries. */
type OfNode = Timed & {
  /** Name of the node, `<region>-<n>`. */
  readonly node: string;
};

/** A node entered a phase of its pipeline. Each phase is entered once per attempt, in order. */
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
  /** The failing command's last lines of output, oldest first. */
  readonly output?: readonly string[];
};

/** A node that was ready fails a check now. */
export type DegradedEvent = OfNode & {
  readonly event: 'phase';
  readonly phase: 'degraded';
  readonly reason: string;
  readonly hint: string;
};

/** The spot instance is being reclaimed by EC2. */
export type InterruptedEvent = OfNode & {
  readonly event: 'phase';
  readonly phase: 'interrupted';
  readonly reason: string;
  /** When EC2 takes the instance, in milliseconds since the Unix epoch; absent when it is gone. */
  readonly deadline?: number;
};

/** The instance is on its way out, or gone. */
export type TerminationEvent = OfNode & {
  readonly event: 'phase';
  readonly phase: 'terminating' | 'terminated';
  readonly reason: string;
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
  readonly imageId?: string;
  /** The address that SSH uses. */
  readonly address?: string;
  readonly sshPort?: number;
  /** Milliseconds since the Unix epoch. */
  readonly launchedAt?: number;
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

/** Something about the whole fleet or one region that people should read. */
export type NoticeEvent = Timed & {
  readonly event: 'notice';
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly hint?: string;
  readonly region?: string;
};

/** The command has a fleet to work on: which, and how many nodes it is meant to have. */
export type FleetStartedEvent = Timed & {
  readonly event: 'fleet';
  readonly deployment: string;
  readonly command: string;
  readonly regions: readonly string[];
  readonly nodes: number;
};

/** What became of the fleet: the last line of `create`. */
export type SummaryEvent = Timed & {
  readonly event: 'summary';
  readonly ready: number;
  readonly failed: number;
  readonly interrupted: number;
  readonly terminated: number;
  readonly elapsedSeconds: number;
  /** Requests sent to EC2, retries included. */
  readonly apiCalls: number;
};

/** Everything that happens, as it happened: all views are folds over these. */
export type FleetEvent =
  | FleetStartedEvent
  | PhaseEvent
  | InstanceEvent
  | ProgressEvent
  | LogEvent
  | NoticeEvent
  | SummaryEvent;

/** An event about one node. */
export type NodeEvent = Extract<FleetEvent, { readonly node: string }>;

/** Takes events in the order in which they happen. */
export type Emit = (event: FleetEvent) => void;
