import { attempt, timed } from '../attempt.ts';
import { ansible } from '../baselines/ansible.ts';
import { clush } from '../baselines/clush.ts';
import type { Contender, Task } from '../baselines/contender.ts';
import { oldWay } from '../baselines/old-way.ts';
import { pyinfra } from '../baselines/pyinfra.ts';
import { prepareClient } from '../clients/client-program.ts';
import type { Figure, MeasureOptions } from '../figure.ts';

/** What takes so long that it is not worth many repetitions. */
const contenders: readonly Contender[] = [oldWay, clush, ansible, pyinfra];

/** Measures the product in turns with each of the tools that people use. */
export const compareSlow = async (
  task: Task,
  { repetitions, log }: Pick<MeasureOptions, 'repetitions' | 'log'>,
): Promise<readonly Figure[]> => {
  const product = await prepareClient('product-client', task);
  const figures: Figure[] = [];
  for (const contender of contenders) {
    const { name } = contender;
    const samples: number[] = [];
    const baseline: number[] = [];
    let trouble: string | undefined;
    try {
      const other = await contender.prepare(task);
      for (let round = 1; round <= repetitions; round += 1) {
        log(`  ${task.count} targets: ${name}, round ${round} of ${repetitions}`);
        samples.push((await attempt(task, product)).wholeProcess);
        baseline.push(await attempt(task, () => timed(other)));
      }
    } catch (error) {
      if (task.signal.aborted) throw error;
      trouble = `${name} could not be measured: ${error instanceof Error ? error.message : String(error)}`;
    }
    figures.push({
      name: `${task.count} targets, to ${name}`,
      unit: 'ms',
      samples,
      ...(trouble === undefined ? { baseline: { name, samples: baseline } } : { note: trouble }),
      ...(contender === oldWay ? { target: { of: 'ratio', atMost: 0.06 } } : {}),
    });
  }
  return figures;
};
