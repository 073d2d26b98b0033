/** Shortest and longest, in milliseconds. */
export type Span = readonly [number, number];

/** How long an instance takes through its life. All in milliseconds. */
export type BootTimes = {
  /** From the launch until other calls know the instance: EC2's eventual consistency. */
  readonly visible: Span;
  /** From the launch to `running`, at least; a machine that takes longer is waited for. */
  readonly running: Span;
  /** From `running` until the status checks pass. */
  readonly statusChecks: Span;
  /** From `shutting-down` to `terminated`, at least. */
  readonly shuttingDown: Span;
  /** How long a terminated instance can still be described. */
  readonly remembered: number;
};

const hour = 3_600_000;

/** About what EC2 takes. */
export const realisticBootTimes: BootTimes = {
  visible: [300, 1500],
  running: [3000, 9000],
  statusChecks: [60_000, 120_000],
  shuttingDown: [2000, 5000],
  remembered: hour,
};

/** No waiting but for the machines themselves. */
export const fastBootTimes: BootTimes = {
  visible: [0, 0],
  running: [0, 0],
  statusChecks: [0, 0],
  shuttingDown: [0, 0],
  remembered: hour,
};

/** Some number of milliseconds within the span. */
export const within = ([shortest, longest]: Span): number =>
  shortest + Math.random() * (longest - shortest);
