import type { Contender } from './contender.ts';
import { extractAndTrigger } from './extract-and-trigger.ts';
import { runProgram } from './run-program.ts';

/** `tar | ssh` to one node: the fewest words with which OpenSSH does it all. */
export const sshTar: Contender = {
  name: 'ssh tar',
  prepare: async ({ targets, payload, folder, signal }) => {
    const script = 'tar -czf - -C "$1" . | ssh -F "$2" "$3" "$4"';
    const [first] = targets.all;
    if (first === undefined) throw new Error('there is no target');
    return () =>
      runProgram(
        'sh',
        ['-c', script, 'sh', payload.folder, targets.sshConfig, first.address, extractAndTrigger],
        { signal, folder },
      );
  },
};
