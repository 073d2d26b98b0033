import type {
  ActionEvent,
  ActionName,
  ActionResultEvent,
  FleetEvent,
  HealthEvent,
} from '../events/event.ts';
import type { Phase, PipelinePhase } from '../events/phase.ts';
import type { Topic } from '../events/topic.ts';

/** A fleet at one moment: everything that a view shows, and nothing that it measures by a clock. */
export type FleetState = {
  readonly deployment: string;
  readonly command: string;
  readonly regions: readonly string[];
  /** Nodes by name, in the order of their first event. */
  readonly nodes: ReadonlyMap<string, NodeState>;
  /** Names of nodes that are gone because they are in another region now, with their new names. */
  readonly moved: ReadonlyMap<string, string>;
  readonly notices: readonly Notice[];
  /** What people asked for, newest last; at most `actionLimit`. */
  readonly actions: readonly ActionState[];
  /** When the command began; milliseconds since the Unix epoch. */
  readonly startedAt?: number;
  readonly summary?: Extract<FleetEvent, { event: 'summary' }>;
};

export type Notice = {
  readonly time: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly hint?: string;
  /** Where to read on. */
  readonly topic?: Topic;
};

export type NodeState = {
  readonly name: string;
  readonly region: string;
  readonly instanceId?: string;
  readonly zone?: string;
  readonly instanceType?: string;
  readonly lifecycle?: 'spot' | 'on-demand';
  readonly imageId?: string;
  readonly address?: string;
  readonly sshPort?: number;
  readonly publicAddress?: string;
  readonly privateAddress?: string;
  /** In US dollars an hour. */
  readonly pricePerHour?: number;
  readonly launchedAt?: number;
  /** When it may be destroyed; milliseconds since the Unix epoch. */
  readonly expiresAt?: number;
  /** How far its SSH host key is trusted, and the key's fingerprint. */
  readonly hostKey?: 'verified' | 'pinned';
  readonly hostKeyFingerprint?: string;
  /** Since when EC2 says that the risk of its end has risen; milliseconds since the Unix epoch. */
  readonly rebalanceSince?: number;
  /** Name of the node that was launched in its place because EC2 takes it back. */
  readonly replacedBy?: string;
  readonly phase: Phase;
  /** When the node entered the phase; milliseconds since the Unix epoch. */
  readonly phaseSince: number;
  readonly attempt: number;
  /** Present while bytes move. */
  readonly progress?: { readonly done: number; readonly total: number };
  /** Present in `failed`, `degraded`, `interrupted`, `terminating` and `terminated`. */
  readonly trouble?: Trouble;
  /** Newest last; at most `logLimit` lines. */
  readonly log: readonly LogLine[];
  /** Lines that there have been, those that `log` no longer has included. */
  readonly logged: number;
  /**
   * Phases of the current attempt with the time at which each began: those on the way to where it
   * settled first, and at most `changeLimit` of the newest since.
   */
  readonly timeline: Timeline;
  /** The attempts before, oldest first; at most `attemptLimit`. */
  readonly earlier: readonly { readonly attempt: number; readonly timeline: Timeline }[];
  /** How it was found when it was last looked at. */
  readonly health?: NodeHealth;
};

/** Phases with the time at which each began, in milliseconds since the Unix epoch. */
export type Timeline = readonly TimelineEntry[];

export type TimelineEntry = {
  readonly phase: Phase;
  readonly time: number;
  /** When it ended, where the entry that came next is not kept. */
  readonly until?: number;
};

export type NodeHealth = Omit<HealthEvent, 'event' | 'node'>;

/** Something that was asked of nodes, and what has come of it. */
export type ActionState = {
  readonly id: number;
  readonly action: ActionName;
  readonly nodes: readonly string[];
  /** Who asked: `user@machine`. */
  readonly by: string;
  readonly detail?: string;
  /** Why it failed before it had any node to work on. */
  readonly failure?: string;
  readonly state: ActionEvent['state'];
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** By node; a node that has not been begun with has none. */
  readonly results: ReadonlyMap<string, ActionResult>;
  /** Characters of output in the results; absent while there is none. */
  readonly outputSize?: number;
};

export type ActionResult = Omit<ActionResultEvent, 'event' | 'node' | 'id' | 'action'>;

export type Trouble = {
  readonly reason: string;
  readonly hint?: string;
  /** Where to read on. */
  readonly topic?: Topic;
  readonly failedPhase?: PipelinePhase;
  readonly output?: readonly string[];
  readonly deadline?: number;
};

export type LogLine = {
  readonly time: number;
  readonly source: string;
  readonly message: string;
};
