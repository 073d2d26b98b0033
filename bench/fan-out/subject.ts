import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Figure, MeasureOptions, Subject } from '../figure.ts';
import { type PayloadFolder, writePayload } from '../payload.ts';
import { type OpenSshTargets, startOpenSshTargets } from '../targets/openssh-targets.ts';
import { compare } from './compare.ts';
import { compareSlow } from './compare-slow.ts';
import { measureLinearity, perNode } from './linear.ts';

export const fanOut: Subject = {
  name: 'fan-out',
  title: 'Fan-out: connect, upload 26 files, extract, verify, trigger',
  measure: async (options) => {
    const { quick, folder, signal, log } = options;
    const payload = await writePayload(path.join(folder, 'payload'));
    const most = quick ? 20 : 200;
    log(`  starting ${most} OpenSSH servers`);
    const targetsFolder = path.join(folder, 'openssh');
    await mkdir(targetsFolder);
    const targets = await startOpenSshTargets(most, targetsFolder, signal);
    const figures: Figure[] = [];
    try {
      figures.push(
        ...(quick
          ? (await compare({ targets, count: most, payload, folder, signal }, options)).figures
          : await measureWhole(options, { targets, payload })),
      );
    } finally {
      await targets.stop();
    }
    // Without two hundred idle servers in memory.
    if (!quick) figures.push(await measureLinearity(fewer(options), payload));
    return figures;
  },
};

/** What takes long is repeated less often. */
const fewer = <Options extends Pick<MeasureOptions, 'repetitions'>>(options: Options): Options => ({
  ...options,
  repetitions: Math.ceil(options.repetitions / 2),
});

const measureWhole = async (
  options: MeasureOptions,
  where: { readonly targets: OpenSshTargets; readonly payload: PayloadFolder },
): Promise<readonly Figure[]> => {
  const { folder, signal } = options;
  const task = (count: number) => ({ ...where, count, folder, signal });
  const few = await compare(task(50), options);
  const slow = await compareSlow(task(50), { ...options, repetitions: 1 });
  const many = await compare(task(200), fewer(options));
  return [
    ...few.figures,
    ...slow,
    ...many.figures,
    perNode('OpenSSH servers', { count: 200, runs: many.runs }, { count: 50, runs: few.runs }),
  ];
};
