import type { Target } from '../targets/target.ts';

/** What a client process is to do: the payload to each target, and a trigger run there. */
export type ClientJob = {
  readonly targets: readonly Target[];
  readonly username: string;
  readonly privateKeyPath: string;
  readonly hostKey: string;
  /** With the payload's folders. */
  readonly configFile: string;
  readonly templatesFolder: string;
};

/** What it says once all are done. */
export type ClientResult = {
  /** From the first connection to the last trigger's return. */
  readonly milliseconds: number;
  /** Milliseconds of CPU that the process used meanwhile. */
  readonly computing: number;
  /** Bytes that the process had resident at most. */
  readonly peakMemory: number;
};
