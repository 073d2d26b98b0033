import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Contender } from './contender.ts';
import { trigger } from './extract-and-trigger.ts';
import { pythonTools } from './python-tools.ts';
import { runProgram } from './run-program.ts';

/** ClusterShell: a copy to all, then a command on all, fifty at a time. */
export const clush: Contender = {
  name: 'clush',
  prepare: async ({ targets, count, payload, folder, signal }) => {
    const program = path.join(await pythonTools(), 'clush');
    const list = path.join(folder, 'clush-hosts');
    const addresses = targets.all.slice(0, count).map(({ address }) => address);
    await writeFile(list, `${addresses.join('\n')}\n`);
    // It keeps the name of what it copies.
    const copied = path.join(folder, 'exs');
    await cp(payload.folder, copied, { recursive: true });
    const common = ['--hostfile', list, '-f', '50', '-b', '-S', '-o', `-F ${targets.sshConfig}`];
    const options = { signal, folder };
    return async () => {
      await runProgram(program, [...common, '--copy', copied, '--dest', '/tmp/'], options);
      await runProgram(program, [...common, trigger], options);
    };
  },
};
