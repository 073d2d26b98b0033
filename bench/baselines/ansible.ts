import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Contender } from './contender.ts';
import { trigger } from './extract-and-trigger.ts';
import { pythonTools } from './python-tools.ts';
import { runProgram } from './run-program.ts';

/** Ansible as its documentation makes it fast: pipelining, fifty forks, an archive for the files. */
export const ansible: Contender = {
  name: 'ansible, pipelining, 50 forks',
  prepare: async ({ targets, count, payload, folder, signal }) => {
    const program = path.join(await pythonTools(), 'ansible-playbook');
    const archive = path.join(folder, 'ansible.tar.gz');
    await runProgram('tar', ['-czf', archive, '-C', payload.folder, '.'], { signal, folder });
    const inventory = path.join(folder, 'inventory.ini');
    const addresses = targets.all.slice(0, count).map(({ address }) => address);
    await writeFile(inventory, `[nodes]\n${addresses.join('\n')}\n`);
    const playbook = path.join(folder, 'playbook.yaml');
    await writeFile(playbook, playbookFor(archive));
    // Connections that stand must not be found again by the next round.
    const sockets = path.join(folder, 'ansible-sockets');
    let round = 0;
    return async () => {
      round += 1;
      const controlPath = path.join(sockets, String(round));
      await mkdir(controlPath, { recursive: true });
      await runProgram(program, ['-i', inventory, playbook], {
        signal,
        folder,
        environment: {
          ANSIBLE_HOME: path.join(folder, 'ansible'),
          ANSIBLE_PIPELINING: '1',
          ANSIBLE_FORKS: '50',
          ANSIBLE_HOST_KEY_CHECKING: '0',
          ANSIBLE_SSH_ARGS: `-F ${targets.sshConfig} -o ControlMaster=auto -o ControlPersist=10s`,
          ANSIBLE_SSH_CONTROL_PATH_DIR: controlPath,
          LC_ALL: 'C.UTF-8',
        },
      });
    };
  },
};

const playbookFor = (archive: string): string => `- hosts: nodes
  gather_facts: false
  vars:
    ansible_python_interpreter: /usr/bin/python3
  tasks:
    - file:
        path: /tmp/exs
        state: directory
    - unarchive:
        src: ${archive}
        dest: /tmp/exs
    - command: ${trigger}
`;
