import type { NodeShell } from '../node-shell.ts';

export const stageNames = ['init-local', 'init', 'modules-config', 'modules-final'] as const;

export type StageName = (typeof stageNames)[number];

type StageReport = {
  readonly errors: string[];
  readonly recoverable_errors: Record<string, string[]>;
  start: number | null;
  finished: number | null;
};

/**
 * cloud-init's account of itself: `/run/cloud-init/status.json` and `result.json`, and what
 * `cloud-init status` says. https://docs.cloud-init.io/en/latest/howto/status.html
 */
export class CloudInitStatus {
  readonly #shell: NodeShell;
  readonly #stages: Record<StageName, StageReport>;
  #current: StageName | undefined;
  #changedAt = 0;
  #isDone = false;

  constructor(shell: NodeShell) {
    this.#shell = shell;
    const blank = (): StageReport => ({
      errors: [],
      recoverable_errors: {},
      start: null,
      finished: null,
    });
    this.#stages = {
      'init-local': blank(),
      init: blank(),
      'modules-config': blank(),
      'modules-final': blank(),
    };
  }

  /** Whether the last stage is over, and its result is written. */
  get isDone(): boolean {
    return this.#isDone;
  }

  get errors(): string[] {
    return stageNames.flatMap((name) => this.#stages[name].errors);
  }

  async begin(stage: StageName): Promise<void> {
    this.#current = stage;
    this.#stages[stage].start = now();
    this.#changedAt = Date.now();
    if (stage !== 'init-local') await this.#write();
  }

  fail(stage: StageName, error: string): void {
    this.#stages[stage].errors.push(error);
  }

  warn(stage: StageName, warning: string): void {
    const { recoverable_errors: recoverable } = this.#stages[stage];
    recoverable.WARNING = [...(recoverable.WARNING ?? []), warning];
  }

  async end(stage: StageName): Promise<void> {
    this.#stages[stage].finished = now();
    this.#current = undefined;
    // The next stage writes what became of this one.
    if (stage !== 'modules-final') return;
    await this.#write();
    this.#isDone = true;
  }

  /** The text of `cloud-init status`, and its exit status. */
  report(format: string, long: boolean): { readonly text: string; readonly status: number } {
    const recoverable = this.#recoverable();
    const degraded = this.errors.length > 0 || Object.keys(recoverable).length > 0;
    const state = this.isDone ? (this.errors.length > 0 ? 'error' : 'done') : 'running';
    const extended = degraded ? (state === 'error' ? 'error - done' : `degraded ${state}`) : state;
    const status = state === 'error' ? 1 : state === 'done' && degraded ? 2 : 0;
    const updated = new Date(this.#changedAt).toUTCString();
    const facts = {
      boot_status_code: 'enabled-by-generator',
      datasource: 'ec2',
      detail: 'DataSourceEc2Local',
      errors: this.errors,
      extended_status: extended,
      ...this.#stages,
      last_update: updated,
      recoverable_errors: recoverable,
      stage: this.#current ?? null,
      status: state,
    };
    if (format === 'json') return { text: `${JSON.stringify(facts, undefined, 2)}\n`, status };
    const lines = [`status: ${state}`];
    if (long) {
      lines.push(
        `extended_status: ${extended}`,
        'boot_status_code: enabled-by-generator',
        `last_update: ${updated}`,
        'detail: DataSourceEc2Local',
        `errors: ${this.errors.length === 0 ? '[]' : ''}`,
        ...this.errors.map((error) => `\t- ${error}`),
        `recoverable_errors: ${JSON.stringify(recoverable)}`,
      );
    }
    return { text: `${lines.join('\n')}\n`, status };
  }

  #recoverable(): Record<string, string[]> {
    const all: Record<string, string[]> = {};
    for (const name of stageNames) {
      for (const [level, messages] of Object.entries(this.#stages[name].recoverable_errors)) {
        all[level] = [...(all[level] ?? []), ...messages];
      }
    }
    return all;
  }

  async #write(): Promise<void> {
    this.#changedAt = Date.now();
    const status = {
      v1: {
        datasource: 'DataSourceEc2Local',
        ...this.#stages,
        stage: this.#current ?? null,
      },
    };
    const hasEnded = this.#stages['modules-final'].finished !== null;
    const result = { v1: { datasource: 'DataSourceEc2Local', errors: this.errors } };
    await this.#shell.run(
      `cd "$SPOT_TUI_ROOT/run/cloud-init" || exit
      printf '%s\\n' "$1" >.status && mv -f .status status.json
      [ -z "$2" ] || { printf '%s\\n' "$2" >.result && mv -f .result result.json; }`,
      [JSON.stringify(status, undefined, 1), hasEnded ? JSON.stringify(result, undefined, 1) : ''],
    );
  }
}

const now = (): number => Date.now() / 1000;
