import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type ClientRun, type ClientTask, prepareClient } from '../clients/client-program.ts';
import type { Figure, MeasureOptions } from '../figure.ts';
import { archiveSize, type PayloadFolder } from '../payload.ts';
import { startSsh2Targets } from '../targets/ssh2-targets.ts';
import { describeCost, type RunsAt } from './runs-at.ts';

/** How much longer a node may take when there are more of them. */
const atMost = 1.15;

/** Compares the time per node at two numbers of like targets. */
export const perNode = (kind: string, many: RunsAt, few: RunsAt): Figure => ({
  name: `per node at ${many.count.toLocaleString('en-US')} ${kind}`,
  unit: 'ms',
  samples: many.runs.map(({ milliseconds }) => milliseconds / many.count),
  baseline: {
    name: `at ${few.count}`,
    samples: few.runs.map(({ milliseconds }) => milliseconds / few.count),
  },
  target: { of: 'ratio', atMost },
  note: `from the first connection to the last trigger; ${describeCost(many)}`,
});

/** Measures more targets than a machine has room for, on servers that answer like nodes. */
export const measureLinearity = async (
  { repetitions, folder, signal, log }: MeasureOptions,
  payload: PayloadFolder,
): Promise<Figure> => {
  const [few, many] = [50, 1000] as const;
  const targetsFolder = path.join(folder, 'ssh2');
  await mkdir(targetsFolder);
  const targets = await startSsh2Targets(many, {
    folder: targetsFolder,
    archiveSize: await archiveSize(payload),
  });
  try {
    const task = (count: number): ClientTask => ({ targets, count, payload, folder, signal });
    const clients = {
      few: await prepareClient('product-client', task(few)),
      many: await prepareClient('product-client', task(many)),
    };
    const runs: { readonly few: ClientRun[]; readonly many: ClientRun[] } = { few: [], many: [] };
    for (let round = 1; round <= repetitions; round += 1) {
      log(`  ${many} targets in processes, round ${round} of ${repetitions}`);
      runs.few.push(await clients.few());
      runs.many.push(await clients.many());
    }
    return perNode(
      'ssh2 servers',
      { count: many, runs: runs.many },
      { count: few, runs: runs.few },
    );
  } finally {
    targets.stop();
  }
};
