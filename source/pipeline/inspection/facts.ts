/** What `templates/inspect-node.sh` found on a node, as it printed it. */
export type NodeFacts = {
  readonly bootId: string;
  /** Seconds since boot. */
  readonly uptime: number;
  readonly cloudInit: CloudInitFacts;
  readonly directories: readonly DirectoryFacts[];
  /** SHA-256 of the manifest that configure-services applied last; absent before the first. */
  readonly appliedManifest?: string;
  /** What `sha256sum --check` complained of, a line each. */
  readonly fileComplaints: readonly string[];
  /** Why configure-services failed last: reason, then hint. */
  readonly failure?: { readonly reason: string; readonly hint: string };
  readonly units: readonly UnitFacts[];
  readonly docker: { readonly version: string } | { readonly problem: string };
  readonly containers: readonly ContainerFacts[];
  readonly disk?: { readonly totalKb: number; readonly availableKb: number };
  readonly memory?: { readonly totalKb: number; readonly availableKb: number };
  /** How many processes can run at once. */
  readonly processors?: number;
  /** Load averages over 1, 5 and 15 minutes. */
  readonly load?: readonly [number, number, number];
};

export type CloudInitFacts =
  | { readonly state: 'running' | 'disabled' | 'absent' }
  | { readonly state: 'done'; readonly errors: readonly string[] };

export type DirectoryFacts =
  | { readonly path: string; readonly exists: false }
  | {
      readonly path: string;
      readonly exists: true;
      readonly owner: string;
      /** Octal digits, such as `755`. */
      readonly mode: string;
    };

/** Properties as systemctl(1) `show` names them. */
export type UnitFacts = {
  readonly id: string;
  /** `loaded`, `not-found`, `bad-setting`, … */
  readonly loadState: string;
  readonly activeState: string;
  readonly subState: string;
  readonly result: string;
  readonly restarts: number;
  readonly exitStatus: number;
  readonly unitFileState: string;
  readonly invocationId: string;
  readonly type: string;
  /** Seconds since boot at which it became active; 0 when it never did. */
  readonly activeSince: number;
};

export type ContainerFacts = {
  readonly name: string;
  /** `running`, `exited`, `restarting`, … */
  readonly state: string;
  readonly status: string;
  readonly image: string;
};
