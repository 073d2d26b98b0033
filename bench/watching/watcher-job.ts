/** What the watcher is to look at. */
export type WatcherJob = {
  readonly port: number;
  readonly privateKey: string;
  readonly templatesFolder: string;
  /** Connections, each for a node of its own. */
  readonly nodes: number;
  /** How often each node is looked at. */
  readonly looks: number;
};

/** Processor time of the watcher alone, in milliseconds. */
export type WatcherResult = {
  /** For each node: to connect, the first time. */
  readonly connecting: number;
  /** For each look at a node: to ask, to read the answer and to judge it. */
  readonly looking: number;
};
