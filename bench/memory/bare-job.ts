/** What ssh2 by itself connects to. */
export type BareJob = {
  readonly count: number;
  readonly port: number;
  readonly privateKeyPath: string;
};
