import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Contender } from './contender.ts';
import { extractAndTrigger } from './extract-and-trigger.ts';
import { pythonTools } from './python-tools.ts';
import { runProgram } from './run-program.ts';

/** pyinfra: an archive put on each, unpacked and triggered by one command. */
export const pyinfra: Contender = {
  name: 'pyinfra',
  prepare: async ({ targets, count, payload, folder, signal }) => {
    const program = path.join(await pythonTools(), 'pyinfra');
    const archive = path.join(folder, 'pyinfra.tar.gz');
    await runProgram('tar', ['-czf', archive, '-C', payload.folder, '.'], { signal, folder });
    const hosts = targets.all.slice(0, count).map(({ address, port }) => [
      address,
      {
        ssh_port: port,
        ssh_user: targets.username,
        ssh_key: targets.privateKeyPath,
        ssh_strict_host_key_checking: 'off',
        ssh_known_hosts_file: '/dev/null',
      },
    ]);
    const inventory = path.join(folder, 'pyinfra_inventory.py');
    // Python reads JSON's lists, dictionaries, strings and numbers.
    await writeFile(inventory, `nodes = [tuple(host) for host in ${JSON.stringify(hosts)}]\n`);
    const deploy = path.join(folder, 'pyinfra_deploy.py');
    await writeFile(deploy, deployFor(archive));
    return () =>
      runProgram(program, ['-y', '--parallel', '50', inventory, deploy], { signal, folder });
  },
};

const deployFor = (archive: string): string => `from pyinfra.operations import files, server

files.put(src=${JSON.stringify(archive)}, dest="/tmp/payload.tar.gz")
server.shell(commands=[${JSON.stringify(`(${extractAndTrigger}) </tmp/payload.tar.gz`)}])
`;
