export const stageNames = ['init-local', 'init', 'modules-config', 'modules-final'] as const;

export type StageName = (typeof stageNames)[number];

type StageReport = {
  readonly errors: string[];
  readonly recoverable_errors: Record<string, string[]>;
  start: number | null;
  finished: number | null;
};

/**
 * cloud-init's account of itself, which becomes `/run/cloud-init/status.json` and `result.json`, and
 * what `cloud-init status` says. https://docs.cloud-init.io/en/latest/howto/status.html
 */
export class CloudInitStatus {
  readonly #stages: Record<StageName, StageReport>;
  #current: StageName | undefined;
  #changedAt = Date.now();
  #isDone = false;

  constructor() {
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

  /** Whether the last stage is over, and its result can be read on the node. */
  get isDone(): boolean {
    return this.#isDone;
  }

  set isDone(value: boolean) {
    this.#isDone = value;
  }

  get errors(): string[] {
    return stageNames.flatMap((name) => this.#stages[name].errors);
  }

  begin(stage: StageName): void {
    this.#current = stage;
    this.#changedAt = Date.now();
    this.#stages[stage].start = this.#changedAt / 1000;
  }

  fail(stage: StageName, error: string): void {
    this.#stages[stage].errors.push(error);
  }

  warn(stage: StageName, warning: string): void {
    const { recoverable_errors: recoverable } = this.#stages[stage];
    recoverable.WARNING = [...(recoverable.WARNING ?? []), warning];
  }

  end(stage: StageName): void {
    this.#current = undefined;
    this.#changedAt = Date.now();
    this.#stages[stage].finished = this.#changedAt / 1000;
  }

  /** The text of status.json. */
  get statusFile(): string {
    const { 'init-local': local, init, ...modules } = this.#stages;
    return jsonFile({
      v1: {
        datasource: 'DataSourceEc2Local',
        init,
        'init-local': local,
        ...modules,
        stage: this.#current ?? null,
      },
    });
  }

  /** The text of result.json. */
  get resultFile(): string {
    return jsonFile({ v1: { datasource: 'DataSourceEc2Local', errors: this.errors } });
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
}

const jsonFile = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;
