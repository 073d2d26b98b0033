/** What a job does to its unit; `restart` starts it where it does not run. */
export type JobType = 'start' | 'stop' | 'restart' | 'reload';

/** How a job ended, in systemd's words. */
export type JobResult = 'done' | 'failed' | 'dependency' | 'canceled';

/** A job in the queue. */
export class Job {
  readonly id: number;
  readonly unitId: string;
  readonly type: JobType;
  state: 'waiting' | 'running' = 'waiting';
  readonly result: Promise<JobResult>;
  #finish: (result: JobResult) => void = () => undefined;
  #finished = false;

  constructor(id: number, unitId: string, type: JobType) {
    this.id = id;
    this.unitId = unitId;
    this.type = type;
    this.result = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get isFinished(): boolean {
    return this.#finished;
  }

  /** Whether the unit is to be up afterwards. */
  get starts(): boolean {
    return this.type !== 'stop';
  }

  finish(result: JobResult): void {
    this.#finished = true;
    this.#finish(result);
  }
}

/** A job that can't be made; the message is systemctl's, `status` its exit status. */
export class JobRefusedError extends Error {
  override readonly name = 'JobRefusedError';
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}
