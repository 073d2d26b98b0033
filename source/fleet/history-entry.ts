import type { ActionEvent, ActionName, SummaryEvent } from '../events/event.ts';
import type { PipelinePhase } from '../events/phase.ts';

/** Something in a fleet's past that somebody who asks what happened wants to know. */
export type HistoryEntry = CommandEntry | ActionEntry | NodeEntry;

type Entry = {
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** The recorded run that saw it first. */
  readonly run: string;
};

/** A command that changes a fleet was given. */
export type CommandEntry = Entry & {
  readonly event: 'command';
  readonly command: string;
  /** `user@machine`, where that was recorded. */
  readonly by?: string;
  /** How many nodes it was about. */
  readonly nodes: number;
  /** What became of them; absent where it goes on, or came to no orderly end. */
  readonly summary?: SummaryEvent;
};

/** Somebody asked for something in the dashboard. */
export type ActionEntry = Entry & {
  readonly event: 'action';
  readonly action: ActionName;
  readonly nodes: readonly string[];
  readonly by: string;
  readonly detail?: string;
  /** Why it failed before it had any node to work on. */
  readonly failure?: string;
  readonly state: ActionEvent['state'];
  /** Nodes by what it came to there. */
  readonly succeeded: readonly string[];
  readonly failed: readonly string[];
};

/** Something happened to a node. */
export type NodeEntry = Entry & {
  readonly node: string;
  readonly instanceId?: string;
} & (
    | {
        readonly event: 'launched';
        readonly instanceType?: string;
        readonly lifecycle?: 'spot' | 'on-demand';
        readonly zone?: string;
        readonly region: string;
      }
    | {
        readonly event: 'moved';
        /** Its name from then on, in another region. */
        readonly to: string;
        readonly reason: string;
      }
    | {
        readonly event: 'failed';
        readonly failedPhase: PipelinePhase;
        readonly reason: string;
        readonly hint: string;
      }
    | { readonly event: 'degraded'; readonly reason: string; readonly hint: string }
    | {
        readonly event: 'recovered';
        /** What it recovered from. */
        readonly reason: string;
        /** How long that lasted, in milliseconds. */
        readonly after: number;
      }
    | { readonly event: 'interrupted' | 'terminated'; readonly reason: string }
  );
