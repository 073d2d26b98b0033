import type { NodeFacts } from '../inspection/facts.ts';

/** What one check says about one node. */
export type CheckResult = {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** What was found: one line. */
  readonly detail: string;
  /** What to do about a failure: one line. */
  readonly hint?: string;
  /** Whether time alone may change the result: a service that is still starting, for instance. */
  readonly pending?: true;
  /** Whether the unit that it is about ended without an error: its last words are no complaint. */
  readonly endedWell?: true;
};

/** What a node is measured against. */
export type CheckTarget = {
  readonly directories: readonly string[];
  /** Units that must be active, or have finished where they are oneshots. */
  readonly services: readonly string[];
  /** Containers that must run. */
  readonly containers: readonly string[];
  /**
   * The files here, as the digest of their manifest, and whether the node must have just these;
   * without a digest any that were applied whole will do.
   */
  readonly manifest: { readonly digest: string | undefined; readonly required: boolean };
  /** Milliseconds a service must have been active. */
  readonly settleTime: number;
};

/** What is looked at on every node; `ssh`, `inspection` and `delivery` are about the looking. */
export type CheckName =
  | 'ssh'
  | 'inspection'
  | 'delivery'
  | 'cloud-init'
  | 'directories'
  | 'files'
  | 'disk'
  | 'docker'
  | 'containers';

/**
 * Judges facts; pure. A check may have several results, one for each thing that it looks at: those
 * of services are named by their units.
 */
export type Check<Name extends string = CheckName | `container ${string}`> = (
  facts: NodeFacts,
  target: CheckTarget,
) => (CheckResult & { readonly name: Name })[];
