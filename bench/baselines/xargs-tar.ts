import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Contender } from './contender.ts';
import { extractAndTrigger } from './extract-and-trigger.ts';
import { runProgram } from './run-program.ts';

/** What somebody types who knows the shell: `tar | ssh` for each, fifty at a time. */
export const xargsTar: Contender = {
  name: 'xargs -P50 ssh tar',
  prepare: async ({ targets, count, payload, folder, signal }) => {
    const list = path.join(folder, 'targets.txt');
    const addresses = targets.all.slice(0, count).map(({ address }) => address);
    await writeFile(list, `${addresses.join('\n')}\n`);
    const archive = path.join(folder, 'payload.tar.gz');
    const each = `ssh -F "$2" "$0" "$3" <"$1"`;
    const script = `tar -czf "$1" -C "$2" . && xargs -a "$3" -P50 -I{} sh -c '${each}' {} "$1" "$4" "$5"`;
    return () =>
      runProgram(
        'sh',
        ['-c', script, 'sh', archive, payload.folder, list, targets.sshConfig, extractAndTrigger],
        { signal, folder },
      );
  },
};
