import type { PayloadFolder } from '../payload.ts';
import type { OpenSshTargets } from '../targets/openssh-targets.ts';

/** What is done: the payload to the first `count` of the targets, and the trigger run on each. */
export type Task = {
  readonly targets: OpenSshTargets;
  readonly count: number;
  readonly payload: PayloadFolder;
  /** For whatever the contender writes. */
  readonly folder: string;
  readonly signal: AbortSignal;
};

/** Another way to do it. */
export type Contender = {
  readonly name: string;
  /**
   * Makes ready what users have ready: installs it, writes its configuration.
   *
   * @returns What does the task once, which is what is measured.
   * @throws Error where it can't be had here.
   */
  readonly prepare: (task: Task) => Promise<() => Promise<void>>;
};
