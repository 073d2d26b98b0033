import { attempt, timed } from '../attempt.ts';
import type { Task } from '../baselines/contender.ts';
import { oldWay } from '../baselines/old-way.ts';
import { sshTar } from '../baselines/ssh-tar.ts';
import { type ClientRun, prepareClient } from '../clients/client-program.ts';
import type { Figure, MeasureOptions } from '../figure.ts';
import { median } from '../statistics.ts';
import { moveAway } from './move-away.ts';

/**
 * Measures the product on one distant target, in turns with `ssh` alone.
 *
 * @param roundTrip Milliseconds.
 */
export const measureDistance = async (
  near: Task,
  roundTrip: number,
  { quick, repetitions, log }: Pick<MeasureOptions, 'quick' | 'repetitions' | 'log'>,
): Promise<readonly Figure[]> => {
  const { task, proxy } = await moveAway(near, roundTrip);
  try {
    const product = await prepareClient('product-client', task);
    const shell = await sshTar.prepare(task);
    const runs: ClientRun[] = [];
    const theirs: number[] = [];
    for (let round = 1; round <= repetitions; round += 1) {
      log(`  ${roundTrip} ms away, round ${round} of ${repetitions}`);
      runs.push(await attempt(task, product));
      theirs.push(await attempt(task, () => timed(shell)));
    }
    const before: number[] = [];
    if (!quick) {
      log(`  ${roundTrip} ms away: ${oldWay.name}`);
      const old = await oldWay.prepare(task);
      before.push(await attempt(task, () => timed(old)));
    }
    const name = `${roundTrip} ms away`;
    // A program that launched the node has long been running when it connects.
    const samples = runs.map(({ milliseconds }) => milliseconds);
    const whole = Math.round(median(runs.map(({ wholeProcess }) => wholeProcess)));
    const figure = { unit: 'ms', samples } as const;
    return [
      {
        name,
        ...figure,
        baseline: { name: sshTar.name, samples: theirs },
        target: { of: 'ratio', atMost: 1 },
        note: `ours from the first connection to the trigger's return; with Node.js' start ${whole} ms`,
      },
      ...(before.length === 0
        ? []
        : [
            {
              name: `${name}, to ${oldWay.name}`,
              ...figure,
              baseline: { name: oldWay.name, samples: before },
            },
          ]),
    ];
  } finally {
    await proxy.close();
  }
};
