/** What is counted in, or measured in. */
export type Unit =
  | 'ms'
  | 'MB'
  | 'bytes'
  | 'frames'
  | 'calls'
  | 'calls/min'
  | 'round trips'
  | 'ratio'
  | 'nodes'
  | 'files';

/** What a figure has to stay within. */
export type Target = {
  /** Whether the limit is for the ratio to the baseline or for the value itself. */
  readonly of: 'ratio' | 'value';
  readonly atMost: number;
  /**
   * Whether the figure is a count that comes out the same on every machine. Only a count that
   * misses its target makes the bench fail: everything else depends on what the machine was doing.
   */
  readonly exact?: true;
};

/** One thing measured, and what it is compared to. */
export type Figure = {
  /** What was measured, such as `50 targets`. */
  readonly name: string;
  readonly unit: Unit;
  /** One value for each repetition, in the order in which they were taken. */
  readonly samples: readonly number[];
  /** The same done another way, measured in turns with the samples. */
  readonly baseline?: { readonly name: string; readonly samples: readonly number[] };
  readonly target?: Target;
  /** What has to be known to read the figure. */
  readonly note?: string;
};

export type MeasureOptions = {
  /** Fewer repetitions and smaller sizes: minutes become seconds, and times mean less. */
  readonly quick: boolean;
  /** How often each thing is measured. */
  readonly repetitions: number;
  /** An empty folder for whatever the measurement needs; removed afterwards. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Says what is being done, for whoever waits. */
  readonly log: (line: string) => void;
};

/** One of the seven things that the bench measures. */
export type Subject = {
  /** As in `--only`. */
  readonly name: string;
  readonly title: string;
  /** @throws Error where it can't be measured here, saying what is missing. */
  readonly measure: (options: MeasureOptions) => Promise<readonly Figure[]>;
};
