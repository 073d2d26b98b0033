import { attempt } from '../attempt.ts';
import type { Task } from '../baselines/contender.ts';
import { sshTar } from '../baselines/ssh-tar.ts';
import { prepareClient } from '../clients/client-program.ts';
import type { Figure } from '../figure.ts';
import { moveAway } from './move-away.ts';

/**
 * Round trips that the product may take for all of it: TCP's, names of both sides, keys, the service,
 * two to authenticate, the channel, the command, its input.
 */
const mostRoundTrips = 9;

/** Milliseconds: long beside what either side needs to answer. */
const roundTrip = 300;

/** A stalled machine can only add to a count, so that one run without a stall is enough. */
const tries = 6;

/** Counts what the product and `ssh` alone need for one target. */
export const countRoundTrips = async (
  near: Task,
  log: (line: string) => void,
): Promise<readonly Figure[]> => {
  const { task, proxy } = await moveAway(near, roundTrip);
  try {
    const product = await prepareClient('product-client', task);
    const shell = await sshTar.prepare(task);
    const least = async (work: () => Promise<unknown>, enough: number): Promise<number> => {
      let count = Number.POSITIVE_INFINITY;
      for (let round = 0; round < tries && count > enough; round += 1) {
        await attempt(task, work);
        count = Math.min(count, proxy.takeRoundTrips());
      }
      return count;
    };
    log('  counting round trips');
    const figure = {
      unit: 'round trips',
      samples: [await least(product, mostRoundTrips)],
    } as const;
    return [
      {
        name: 'round trips',
        ...figure,
        baseline: { name: sshTar.name, samples: [await least(shell, mostRoundTrips + 1)] },
        target: { of: 'ratio', atMost: 1, exact: true },
        note: 'the opening of the TCP connection included',
      },
      {
        name: 'round trips, at most',
        ...figure,
        target: { of: 'value', atMost: mostRoundTrips, exact: true },
      },
    ];
  } finally {
    await proxy.close();
  }
};
