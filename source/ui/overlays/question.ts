import type { LeftOut } from '../keys/targets.ts';

/** What is asked before something is done to nodes. */
export type Question = {
  readonly title: string;
  /** Nodes that it touches. */
  readonly nodes: readonly string[];
  /** Those of the selected nodes that it does not touch, by the reason. */
  readonly leftOut: readonly LeftOut[];
  /** What it does: a paragraph each. */
  readonly effects: readonly string[];
  /** What `y` does, in one word. */
  readonly verb: string;
  /** Whether it ends something that does not come back: Enter is no answer then. */
  readonly isDestructive: boolean;
  /** What has to be typed in place of `y`, where a single key would be too little. */
  readonly toType?: string;
  readonly confirm: () => void;
  /** What is said when the answer is no. */
  readonly declined: string;
};
