/**
 * What a person can do to a fleet that is being driven: the dashboard's keys and the commands are
 * both translated into these calls. Progress and results come back as `action` and `action-result`
 * events with the id that each call returns.
 */
export interface FleetActions {
  /** Retriggers configure-services on the nodes, then verifies them. */
  configure(nodes: readonly string[]): number;
  /** Uploads what changed, then configures; to all nodes at once unless a rollout says otherwise. */
  push(nodes: readonly string[], rollout?: Rollout): number;
  /** Runs the whole pipeline again, on the same instance where there is one. */
  retry(nodes: readonly string[]): number;
  /** Looks at the nodes now; what is found comes as `health`. */
  doctor(nodes: readonly string[]): number;
  /** Runs a command line in the login user's shell on the nodes. */
  exec(nodes: readonly string[], command: string): number;
  /**
   * Terminates the nodes' instances.
   *
   * @param confirmed The instances that whoever asks has seen: a node that has another one by now
   * is left alone. Absent where whatever there is is meant.
   */
  terminate(nodes: readonly string[], confirmed?: SeenInstances): number;
  /** Terminates the nodes' instances, as `terminate` does, and launches new ones in their place. */
  replace(nodes: readonly string[], confirmed?: SeenInstances): number;
  /** Launches more nodes than there are, spread over the regions or all in one. */
  launch(count: number, region?: string): number;
  /**
   * Ends an action: nodes that it has not begun with are left alone, commands that run are ended.
   * What EC2 was asked for already stays asked for.
   */
  cancel(id: number): void;
  /**
   * Follows a log of each node until the signal aborts: the last lines first, then what comes.
   * Resolves when no node has more to say; a node that fails says so by `onProblem`.
   */
  followLogs(request: LogRequest, signal: AbortSignal): Promise<void>;
  /**
   * The system's `ssh` for one node: program and arguments, ready to be run with the terminal.
   * Undefined for a node that has no address.
   */
  sshCommand(node: string): SshCommand | undefined;
  /** Console page of the node's instance; undefined before it has one. */
  consoleLink(node: string): string | undefined;
}

/** Ids of the instances that were seen behind nodes; undefined for a node that had none. */
export type SeenInstances = ReadonlyMap<string, string | undefined>;

/** How a push goes through many nodes: a canary, then batches, and an end at too many failures. */
export type Rollout = {
  /**
   * Nodes that are pushed to and verified before any other; 0 for none. If one of them fails, no
   * further node is begun with.
   */
  readonly canary: number;
  /** Nodes at a time after that. */
  readonly batchSize: number;
  /** Failures after which no further node is begun with. */
  readonly maxFailures: number;
};

/** A log that a node keeps: the whole journal, one systemd unit's, or a container's. */
export type LogSource =
  | { readonly type: 'journal' }
  | { readonly type: 'unit'; readonly unit: string }
  | { readonly type: 'container'; readonly container: string };

export type LogRequest = {
  readonly nodes: readonly string[];
  readonly source: LogSource;
  /** Lines of the past per node. */
  readonly lines: number;
  /** Hears each line, free of control sequences. */
  readonly onLine: (line: NodeLogLine) => void;
  readonly onProblem: (node: string, problem: string) => void;
};

export type NodeLogLine = {
  readonly node: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** What wrote it, such as a unit or a container. */
  readonly source: string;
  readonly message: string;
};

export type SshCommand = {
  readonly file: string;
  readonly arguments: readonly string[];
};
