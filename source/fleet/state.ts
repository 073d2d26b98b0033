import type { FleetEvent } from '../events/event.ts';
import type { Phase, PipelinePhase } from '../events/phase.ts';

/** A fleet at one moment: everything that a view shows, and nothing that it measures by a clock. */
export type FleetState = {
  readonly deployment: string;
  readonly command: string;
  readonly regions: readonly string[];
  /** Nodes by name, in the order of their first event. */
  readonly nodes: ReadonlyMap<string, NodeState>;
  readonly notices: readonly Notice[];
  /** When the command began; milliseconds since the Unix epoch. */
  readonly startedAt?: number;
  readonly summary?: Extract<FleetEvent, { event: 'summary' }>;
};

export type Notice = {
  readonly time: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly hint?: string;
};

export type NodeState = {
  readonly name: string;
  readonly region: string;
  readonly instanceId?: string;
  readonly zone?: string;
  readonly instanceType?: string;
  readonly imageId?: string;
  readonly address?: string;
  readonly sshPort?: number;
  readonly launchedAt?: number;
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
  /** Phases of the current attempt with the time at which each began. */
  readonly timeline: readonly { readonly phase: Phase; readonly time: number }[];
};

export type Trouble = {
  readonly reason: string;
  readonly hint?: string;
  readonly failedPhase?: PipelinePhase;
  readonly output?: readonly string[];
  readonly deadline?: number;
};

export type LogLine = {
  readonly time: number;
  readonly source: string;
  readonly message: string;
};
