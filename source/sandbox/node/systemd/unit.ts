import type { ExecLine } from './exec-line.ts';

export type UnitType = 'service' | 'target' | 'other';

export type LoadState = 'loaded' | 'not-found' | 'bad-setting' | 'masked';

/** A unit as its files describe it. */
export type Unit = {
  /** Its own name, whatever name it was asked for by. */
  readonly id: string;
  readonly type: UnitType;
  readonly loadState: LoadState;
  /** Why it could not be loaded. */
  readonly loadError?: string;
  /** Path in the node; empty for units without a file. */
  readonly path: string;
  readonly dropIns: readonly string[];
  readonly text: string;
  readonly description: string;
  readonly dependencies: Dependencies;
  readonly conditions: readonly Condition[];
  readonly startLimit: { readonly burst: number; readonly interval: number };
  readonly install: Install;
  readonly service?: Service;
  /** Part of the machine: runs no process here. */
  readonly builtIn: boolean;
};

export const dependencyKinds = [
  'Requires',
  'Requisite',
  'Wants',
  'BindsTo',
  'PartOf',
  'Conflicts',
  'Before',
  'After',
] as const;

export type DependencyKind = (typeof dependencyKinds)[number];

export type Dependencies = Readonly<Record<DependencyKind, readonly string[]>>;

/** `ConditionPathExists=` and its kin. */
export type Condition = {
  readonly kind: string;
  readonly argument: string;
  readonly negated: boolean;
  /** An assertion makes a start fail, a condition only leaves it out. */
  readonly asserted: boolean;
};

export type Install = {
  readonly wantedBy: readonly string[];
  readonly requiredBy: readonly string[];
  readonly aliases: readonly string[];
  readonly also: readonly string[];
};

export type ServiceType = 'simple' | 'exec' | 'oneshot' | 'forking' | 'notify' | 'dbus' | 'idle';

export type RestartPolicy =
  | 'no'
  | 'always'
  | 'on-success'
  | 'on-failure'
  | 'on-abnormal'
  | 'on-abort'
  | 'on-watchdog';

/** The `[Service]` section. Times in milliseconds. */
export type Service = {
  readonly type: ServiceType;
  readonly condition: readonly ExecLine[];
  readonly startPre: readonly ExecLine[];
  readonly start: readonly ExecLine[];
  readonly startPost: readonly ExecLine[];
  readonly reload: readonly ExecLine[];
  readonly stop: readonly ExecLine[];
  readonly stopPost: readonly ExecLine[];
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentFiles: readonly { readonly path: string; readonly optional: boolean }[];
  readonly directory: { readonly path: string; readonly optional: boolean };
  readonly user: string;
  readonly restart: RestartPolicy;
  readonly restartDelay: number;
  readonly startTimeout: number;
  readonly stopTimeout: number;
  readonly remainAfterExit: boolean;
  readonly killMode: 'control-group' | 'mixed' | 'process' | 'none';
  readonly killSignal: NodeJS.Signals;
  /** Statuses and signals, beside the usual ones, that count as success. */
  readonly successStatuses: readonly string[];
  /** Statuses and signals after which it is not restarted. */
  readonly restartPreventStatuses: readonly string[];
  readonly output: Output;
  readonly errorOutput: Output;
  /** Name in the journal; absent means the program's. */
  readonly identifier?: string;
  /** Folders that are made before it starts. */
  readonly folders: readonly string[];
};

export type Output = { readonly to: 'journal' | 'null' } | { readonly appendTo: string };

export const unitSuffix = (id: string): string => id.slice(id.lastIndexOf('.') + 1);

/** `name` with `.service` behind it where it has no suffix of a unit. */
export const completeUnitName = (name: string): string =>
  /\.(?:service|target|slice|scope|timer|path|socket|mount|automount|swap|device)$/.test(name)
    ? name
    : `${name}.service`;
