import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { faultCases } from './fault-cases.ts';
import type { RunRecord } from './run-record.ts';
import type { WorkerTask } from './worker.ts';

export type MatrixOptions = {
  /** Seeds of a fault with the usual share. */
  readonly seeds: number;
  /** The first seed. */
  readonly from: number;
  /** Only faults whose name begins like this. */
  readonly fault?: string;
  readonly workers: number;
  /** Runs of a worker at the same time: most of a run is waiting. */
  readonly concurrency: number;
  readonly onRecord?: (record: RunRecord) => void;
};

/** Runs of a process: what commands leave behind that count on its end must not add up. */
const runsOfWorker = 200;

/** Runs every fault with its seeds, in processes of their own. */
export const runMatrix = async (options: MatrixOptions): Promise<RunRecord[]> => {
  const { concurrency, fault = '', from, onRecord, seeds, workers } = options;
  const cases = faultCases.filter(({ name }) => name.startsWith(fault));
  const tasks = cases
    .flatMap(({ name, share = 1 }) =>
      Array.from({ length: Math.max(1, Math.round(seeds * share)) }, (_, index) => ({
        fault: name,
        seed: from + index,
      })),
    )
    // Runs of all sorts together load the machine evenly; those that wait longest begin first.
    .sort((a, b) => order(a) - order(b));
  const records: RunRecord[] = [];
  const cache = await mkdtemp(path.join(tmpdir(), 'spot-tui-reliability-cache-'));
  try {
    await Promise.all(
      Array.from({ length: workers }, async () => {
        while (tasks.length > 0) {
          await runWorker({ concurrency, cache, tasks }, (record) => {
            records.push(record);
            onRecord?.(record);
          });
        }
      }),
    );
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
  return records;
};

const order = ({ fault, seed }: { readonly fault: string; readonly seed: number }): number =>
  fault.startsWith('connections half-open') ? -1 : seed;

type Work = {
  readonly concurrency: number;
  readonly cache: string;
  /** What is left to do; shared by all workers. */
  readonly tasks: Omit<WorkerTask, 'slot'>[];
};

const runWorker = async (
  { cache, concurrency, tasks }: Work,
  onRecord: (record: RunRecord) => void,
): Promise<void> => {
  const worker = fork(path.join(import.meta.dirname, 'worker.ts'), [String(concurrency)], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  await once(worker, 'message');
  let left = runsOfWorker;
  const next = () => {
    left -= 1;
    return left < 0 ? undefined : tasks.shift();
  };
  await Promise.race([
    Promise.all(
      Array.from({ length: concurrency }, (_, slot) => runSlot(worker, slot, next, onRecord)),
    ),
    once(worker, 'exit').then(([code]) => {
      throw new Error(`a worker ended with ${code}`);
    }),
  ]);
  worker.removeAllListeners('exit');
  worker.disconnect();
  await once(worker, 'exit');
};

const runSlot = async (
  worker: ChildProcess,
  slot: number,
  next: () => Omit<WorkerTask, 'slot'> | undefined,
  onRecord: (record: RunRecord) => void,
): Promise<void> => {
  for (let task = next(); task !== undefined; task = next()) {
    const answered = new Promise<RunRecord>((resolve) => {
      const hear = (message: { readonly slot?: number; readonly record: RunRecord }) => {
        if (message.slot !== slot) return;
        worker.off('message', hear);
        resolve(message.record);
      };
      worker.on('message', hear);
    });
    worker.send({ ...task, slot });
    onRecord(await answered);
  }
};
