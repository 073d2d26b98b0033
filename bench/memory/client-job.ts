import type { Config } from '../../source/config/config.ts';

/** What the process that is measured works on. */
export type ClientJob = {
  readonly endpoint: string;
  readonly nodes: number;
  /** Holds the recording; exists. */
  readonly folder: string;
  readonly templatesFolder: string;
  /** Its public key lies beside it, with `.pub` at its end. */
  readonly privateKeyPath: string;
  readonly payload: Partial<Config['payload']>;
  /** Milliseconds. */
  readonly healthInterval: number;
};
