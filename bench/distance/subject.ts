import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Figure, Subject } from '../figure.ts';
import { writePayload } from '../payload.ts';
import { startOpenSshTargets } from '../targets/openssh-targets.ts';
import { countRoundTrips } from './count-round-trips.ts';
import { measureDistance } from './measure-distance.ts';

export const distance: Subject = {
  name: 'distance',
  title: 'Distance: the same to one node far away',
  measure: async (options) => {
    const { quick, folder, signal, log } = options;
    const payload = await writePayload(path.join(folder, 'payload'));
    const targetsFolder = path.join(folder, 'openssh');
    await mkdir(targetsFolder);
    const targets = await startOpenSshTargets(1, targetsFolder, signal);
    try {
      const task = { targets, count: 1, payload, folder, signal };
      const figures: Figure[] = [...(await countRoundTrips(task, log))];
      for (const roundTrip of quick ? [100] : [100, 250]) {
        figures.push(...(await measureDistance(task, roundTrip, options)));
      }
      return figures;
    } finally {
      await targets.stop();
    }
  },
};
