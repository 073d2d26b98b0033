import { attempt, timed } from '../attempt.ts';
import type { Task } from '../baselines/contender.ts';
import { xargsTar } from '../baselines/xargs-tar.ts';
import { type ClientRun, prepareClient } from '../clients/client-program.ts';
import type { Figure, MeasureOptions } from '../figure.ts';
import { describeCost } from './runs-at.ts';

/** How the product did at one number of targets. */
export type Comparison = {
  readonly runs: readonly ClientRun[];
  readonly figures: readonly Figure[];
};

/** Measures the product at one number of targets, in turns with a shell's loop and the floor. */
export const compare = async (
  task: Task,
  { repetitions, log }: Pick<MeasureOptions, 'repetitions' | 'log'>,
): Promise<Comparison> => {
  const { count } = task;
  const product = await prepareClient('product-client', task);
  const bare = await prepareClient('bare-client', task);
  const shell = await xargsTar.prepare(task);

  const runs: ClientRun[] = [];
  const floor: number[] = [];
  const baseline: number[] = [];
  for (let round = 1; round <= repetitions; round += 1) {
    log(`  ${count} targets, round ${round} of ${repetitions}`);
    runs.push(await attempt(task, product));
    floor.push((await attempt(task, bare)).wholeProcess);
    baseline.push(await attempt(task, () => timed(shell)));
  }
  const samples = runs.map(({ wholeProcess }) => wholeProcess);
  const figures: readonly Figure[] = [
    {
      name: `${count} targets`,
      unit: 'ms',
      samples,
      baseline: { name: xargsTar.name, samples: baseline },
      ...(count === 50 ? { target: { of: 'ratio', atMost: 0.4 } } : {}),
      note: `whole processes, Node.js' start included; targets share the cores; ${describeCost({ count, runs })}`,
    },
    {
      name: `${count} targets, to the floor`,
      unit: 'ms',
      samples,
      baseline: { name: 'bare ssh2, one exec', samples: floor },
    },
  ];
  return { runs, figures };
};
