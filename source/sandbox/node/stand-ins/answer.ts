import type { CloudInit } from '../cloud-init/cloud-init.ts';
import type { Call } from './call.ts';
import { complain } from './call.ts';
import { cloudInitProgram } from './cloud-init-program.ts';
import { docker, dockerVersion } from './docker/docker.ts';
import type { DockerMachine } from './docker/docker-machine.ts';
import { journalctl } from './journalctl.ts';
import { logger } from './log-program.ts';
import { apt, dpkg, type PackageRecord } from './packages.ts';
import { power } from './power-program.ts';
import { systemctl } from './systemctl.ts';
import type { SystemctlMachine } from './systemctl-jobs.ts';

/** All that the stand-ins of a node work on. */
export type StandInMachine = SystemctlMachine &
  DockerMachine & {
    readonly cloudInit: CloudInit;
    readonly packages: PackageRecord;
  };

/** Does what a program would have done that was called on a node. */
export const answerCall = async (call: Call, machine: StandInMachine): Promise<number> => {
  switch (call.program) {
    case 'systemctl':
      return systemctl(call, machine);
    case 'journalctl':
      return journalctl(call, machine.manager.journal);
    case 'docker':
    case 'docker-compose':
      return docker(call, machine);
    case 'dockerd':
      call.out(`Docker version ${dockerVersion}, build sandbox\n`);
      return 0;
    case 'containerd':
      call.out('containerd 1.7.24 (sandbox)\n');
      return 0;
    case 'cloud-init':
      return cloudInitProgram(call, machine.cloudInit);
    case 'apt-get':
    case 'apt':
    case 'apt-cache':
      return apt(call, machine.packages);
    case 'dpkg':
    case 'dpkg-query':
      return dpkg(call, machine.packages);
    case 'logger':
      return logger(call, machine.manager.journal);
    case 'reboot':
    case 'poweroff':
    case 'halt':
    case 'shutdown':
      return power(call, (kind) => machine.powerChange(kind));
    case 'hostnamectl':
      call.out(
        ` Static hostname: ${machine.hostname}\n  Virtualization: sandbox\nOperating System: Ubuntu 24.04 LTS (sandbox)\n`,
      );
      return call.words[0] === 'set-hostname'
        ? complain(call, 'hostnamectl: set-hostname is not simulated in the sandbox')
        : 0;
    case 'systemd-analyze':
      return analyze(call, machine);
    case 'timedatectl':
      call.out(
        `      Universal time: ${new Date().toUTCString()}\n           Time zone: Etc/UTC\n`,
      );
      return 0;
    case 'loginctl':
      return 0;
    default:
      return complain(call, `${call.program}: not simulated in the sandbox`, 127);
  }
};

/** systemd-analyze(1), `verify` only: what can't be read of the units that are named. */
const analyze = async (call: Call, { manager }: StandInMachine): Promise<number> => {
  const [verb, ...files] = call.words;
  if (verb !== 'verify') {
    return complain(call, `systemd-analyze ${verb ?? ''}: not simulated in the sandbox`);
  }
  let status = 0;
  for (const file of files.filter((word) => !word.startsWith('-'))) {
    const { unit } = await manager.runtimeOf(file.split('/').at(-1) ?? file);
    if (unit.loadError === undefined) continue;
    status = complain(call, `${unit.id}: ${unit.loadError}`);
  }
  return status;
};
