import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Figure, Subject } from '../figure.ts';
import { writePayload } from '../payload.ts';
import { startOpenSshTargets } from '../targets/openssh-targets.ts';
import { compare } from './compare.ts';

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
    try {
      const figures: Figure[] = [];
      for (const count of quick ? [20] : [50, 200]) {
        const task = { targets, count, payload, folder, signal };
        figures.push(...(await compare(task, options)));
      }
      return figures;
    } finally {
      await targets.stop();
    }
  },
};
