import path from 'node:path';
import type { Contender } from './contender.ts';
import { trigger } from './extract-and-trigger.ts';
import { runProgram } from './run-program.ts';

/**
 * What deploy_spot.py does to a node once it runs: a process of ssh or scp for each step, all nodes
 * at once. `commands/create.py` and `utils/ssh.py` of bacalhau-project/aws-spot-deployer, July 2025.
 */
export const oldWay: Contender = {
  name: 'ssh/scp per step (deploy_spot.py)',
  prepare: async ({ targets, count, payload, folder, signal }) => {
    const config = ['-F', targets.sshConfig];
    const provide = async (address: string): Promise<void> => {
      const ssh = (command: string) => runProgram('ssh', [...config, address, command], options);
      const copy = (names: readonly string[], to: string) =>
        runProgram(
          'scp',
          [
            '-r',
            ...config,
            ...names.map((name) => path.join(payload.folder, name)),
            `${address}:/tmp/exs/${to}`,
          ],
          options,
        );
      await ssh('echo "SSH ready"');
      await ssh('mkdir -p /tmp/exs/scripts /tmp/exs/config');
      await copy(['scripts', 'units'], '');
      await copy(['files'], '');
      await copy(['config/bacalhau-config.yaml'], 'config/');
      await copy(['config'], '');
      await ssh('ls -la /tmp/exs/scripts/deploy_services.py && echo "Files verified"');
      await ssh('find /tmp/exs -type f | wc -l');
      await ssh(trigger);
    };
    const options = { signal, folder };
    return async () => {
      await Promise.all(targets.all.slice(0, count).map(({ address }) => provide(address)));
    };
  },
};
