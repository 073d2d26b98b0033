/** What the process with the machines is asked by the bench. */
export type CloudRequest = {
  readonly type: 'print';
  /** How many lines each machine's journal gets. */
  readonly lines: number;
};

/** What it says: where EC2 is and an SSH server that lets anybody in, and once all lines are handed to the network. */
export type CloudMessage =
  | { readonly type: 'up'; readonly url: string; readonly port: number }
  /** `looks`: how often nodes have been inspected since it was up. */
  | { readonly type: 'printed'; readonly looks: number };

export type ClientRequest = { readonly type: 'measure' };

export type ClientMessage =
  | { readonly type: 'up'; readonly ready: number }
  | ({ readonly type: 'measured' } & Measurement);

/** What the process under measurement takes, in bytes. */
export type Measurement = {
  /** Resident set as it is, without a garbage collection that nobody would ask for. */
  readonly resident: number;
  /** After a garbage collection. */
  readonly residentAfter: number;
  readonly heapAfter: number;
  /** How many lines of nodes' logs have come. */
  readonly lines: number;
};
