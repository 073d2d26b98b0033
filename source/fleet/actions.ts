/**
 * What a person can do to a fleet that is being driven: the dashboard's keys and the commands are
 * both translated into these calls. Progress and results come back as events.
 */
export interface FleetActions {
  /** Retriggers configure-services on the nodes, then verifies them. */
  configure(nodes: readonly string[]): void;
  /** Uploads what changed, then configures. */
  push(nodes: readonly string[]): void;
  /** Runs the whole pipeline again, on the same instance where there is one. */
  retry(nodes: readonly string[]): void;
  /** Terminates the nodes' instances. */
  terminate(nodes: readonly string[]): void;
  /**
   * The system's `ssh` for one node: program and arguments, ready to be run with the terminal.
   * Undefined for a node that has no address.
   */
  sshCommand(node: string): SshCommand | undefined;
}

export type SshCommand = {
  readonly file: string;
  readonly arguments: readonly string[];
};
