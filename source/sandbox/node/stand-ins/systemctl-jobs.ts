import type { NodeShell } from '../node-shell.ts';
import { type Job, JobRefusedError, type JobType } from '../systemd/job.ts';
import type { ServiceManager } from '../systemd/service-manager.ts';
import type { UnitRuntime } from '../systemd/unit-runtime.ts';
import { type Call, complain } from './call.ts';
import type { ParsedOptions } from './options.ts';

/** What `systemctl` works on. */
export type SystemctlMachine = {
  readonly manager: ServiceManager;
  readonly shell: NodeShell;
  /** Whether the node is up, still starting, or on its way down. */
  state(): 'starting' | 'running' | 'stopping';
  /** Restarts or stops the node. */
  powerChange(kind: 'reboot' | 'poweroff'): void;
};

/** Puts jobs into the queue and waits for them, unless told not to. */
export const runJobs = async (
  call: Call,
  manager: ServiceManager,
  type: JobType,
  names: readonly string[],
  given: ParsedOptions,
): Promise<number> => {
  if (names.length === 0) return complain(call, 'Too few arguments.');
  const jobs: Job[] = [];
  let status = 0;
  for (const name of names) {
    try {
      jobs.push(await manager.request(type, name));
    } catch (error) {
      if (!(error instanceof JobRefusedError)) throw error;
      complain(call, error.message);
      status = error.status;
    }
  }
  if (given.has('no-block')) return status;
  for (const job of jobs) {
    const result = await job.result;
    if (result === 'done') continue;
    status = 1;
    if (!given.has('quiet')) explainFailure(call, await manager.runtimeOf(job.unitId), job, result);
  }
  return status;
};

const explainFailure = (
  call: Call,
  { unit, result }: UnitRuntime,
  job: Job,
  jobResult: string,
): void => {
  const details = `See "systemctl status ${unit.id}" and "journalctl -xeu ${unit.id}" for details.\n`;
  switch (jobResult) {
    case 'dependency':
      call.err(`A dependency job for ${unit.id} failed. See 'journalctl -xe' for details.\n`);
      return;
    case 'canceled':
      call.err(`Job for ${unit.id} canceled.\n`);
      return;
    default:
  }
  if (job.type === 'reload') {
    call.err(
      unit.service?.reload.length === 0
        ? `Failed to reload ${unit.id}: Job type reload is not applicable for unit ${unit.id}.\n`
        : `Job for ${unit.id} failed.\n${details}`,
    );
    return;
  }
  switch (result) {
    case 'start-limit-hit':
      call.err(
        `Job for ${unit.id} failed because start of the service was attempted too often.\n${details}` +
          `To force a start use "systemctl reset-failed ${unit.id}"\nfollowed by "systemctl start ${unit.id}" again.\n`,
      );
      return;
    case 'exit-code':
      call.err(
        `Job for ${unit.id} failed because the control process exited with error code.\n${details}`,
      );
      return;
    case 'timeout':
      call.err(`Job for ${unit.id} failed because a timeout was exceeded.\n${details}`);
      return;
    case 'signal':
      call.err(
        `Job for ${unit.id} failed because a fatal signal was delivered to the control process.\n${details}`,
      );
      return;
    case 'resources':
      call.err(
        `Job for ${unit.id} failed because of unavailable resources or another system error.\n${details}`,
      );
      return;
    default:
      call.err(`Job for ${unit.id} failed.\n${details}`);
  }
};
