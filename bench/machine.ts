import os from 'node:os';

/** The machine that figures were read on. */
export type Machine = {
  readonly processor: string;
  readonly cores: number;
  /** GiB. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  /** How many processes wanted to run before the bench began, over a minute. */
  readonly load: number;
};

export const describeMachine = (): Machine => ({
  processor: os.cpus()[0]?.model.trim() ?? 'unknown',
  cores: os.availableParallelism(),
  memory: Math.round(os.totalmem() / 2 ** 30),
  system: `${os.type()} ${os.release()}`,
  node: process.version,
  load: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
});
