/** What a seeded run came to. */
export type RunRecord = {
  readonly fault: string;
  readonly seed: number;
  /** What exactly was done. */
  readonly text: string;
  /** Nodes by how they ended under the fault. */
  readonly outcome: Readonly<Record<string, number>>;
  /** What must never be. */
  readonly violations: readonly string[];
  readonly seconds: number;
  /** All that happened, for a run that violated something. */
  readonly log: readonly string[];
};
