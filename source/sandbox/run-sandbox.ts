import { randomBytes } from 'node:crypto';
import { readAddress, removeAddress, writeAddress } from './address-file.ts';
import { buildId } from './build.ts';
import { fastBootTimes, realisticBootTimes } from './endpoint/boot-times.ts';
import { type Endpoint, startEndpoint } from './endpoint/endpoint.ts';
import type { Hypervisor } from './hypervisor.ts';
import { Lifetime } from './lifetime.ts';
import { pause } from './pause.ts';
import type { Lifetimes, ProgramArguments } from './program-arguments.ts';
import { createRunFolder, removeDeadRuns, removeRunFolder } from './run-folder.ts';

/** Makes what makes the machines of one run of the sandbox. */
export type CreateHypervisor = (options: {
  /** Folder of the run; machines may use anything below `nodes/` in it. */
  readonly folder: string;
  readonly fast: boolean;
  /** The only key that machines may let in. */
  readonly publicKeyLine: string;
}) => Promise<Hypervisor & { close(): Promise<void> }>;

/** How often it is looked whether the sandbox is still needed; milliseconds. */
const heartbeat = 200;

/**
 * Runs the sandbox of a folder until nobody needs it any more, it is asked to stop, its folder
 * vanishes, or the signal aborts; then removes everything that it made. Resolves with the reason.
 *
 * @throws Error where the folder has a sandbox already
 */
export const runSandbox = async (
  { folder, fast, lifetimes }: ProgramArguments,
  createHypervisor: CreateHypervisor,
  signal: AbortSignal,
): Promise<string> => {
  const startedAt = Date.now();
  const token = randomBytes(24).toString('base64url');
  // Whoever knows it can launch machines: any user of this machine could reach the endpoint.
  const accessKeyId = `SANDBOX${randomBytes(12).toString('hex').toUpperCase()}`;
  const stop = new AbortController();
  const ending = AbortSignal.any([signal, stop.signal]);

  await removeDeadRuns(folder);
  const run = await createRunFolder(folder);
  try {
    const hypervisor = await createHypervisor({
      folder: run.path,
      fast,
      publicKeyLine: run.publicKeyLine,
    });
    try {
      const endpoint = await startEndpoint({
        hypervisor,
        bootTimes: fast ? fastBootTimes : realisticBootTimes,
        accessKeyId,
        controlToken: token,
        controlHooks: {
          describe: () => ({
            build: buildId,
            pid: process.pid,
            fast,
            startedAt,
            ending: ending.aborted,
          }),
          stop: () => stop.abort('it was asked to stop'),
        },
      });
      try {
        const { privateKeyPath, publicKeyPath } = run;
        const address = {
          ...{ build: buildId, pid: process.pid, url: endpoint.url, token, accessKeyId },
          ...{ privateKeyPath, publicKeyPath, fast, startedAt },
        };
        if (!(await writeAddress(folder, address))) {
          throw new Error(`There is a sandbox in ${folder} already`);
        }
        const reason = await untilUnneeded(folder, token, endpoint, lifetimes, ending);
        stop.abort(reason);
        return reason;
      } finally {
        // First of all: from here on, commands start a sandbox of their own.
        await removeAddress(folder, token);
        await endpoint.close();
      }
    } finally {
      await hypervisor.close();
    }
  } finally {
    await removeRunFolder(run.path);
  }
};

/** Waits until nobody needs the sandbox any more; answers why. */
const untilUnneeded = async (
  folder: string,
  token: string,
  endpoint: Endpoint,
  lifetimes: Lifetimes,
  signal: AbortSignal,
): Promise<string> => {
  const lifetime = new Lifetime(lifetimes, Date.now());
  for await (const now of heartbeats(signal)) {
    if ((await readAddress(folder))?.token !== token) return 'its folder has vanished';
    const reason = lifetime.check(now, endpoint.aliveCount(), endpoint.lastRequestAt());
    if (reason !== undefined) return reason;
  }
  return String(signal.reason);
};

/** The time, again and again until the signal aborts; milliseconds since the Unix epoch. */
async function* heartbeats(signal: AbortSignal): AsyncGenerator<number> {
  while (!signal.aborted) {
    yield Date.now();
    await pause(heartbeat, signal);
  }
}
