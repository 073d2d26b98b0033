import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PayloadFolder } from '../payload.ts';
import { freePort } from './free-port.ts';
import { loopbackAddress, type Target, type Targets } from './target.ts';

const run = promisify(execFile);
const here = import.meta.dirname;

/** OpenSSH servers, each in a root of its own in memory. */
export type OpenSshTargets = Targets & {
  /** An ssh_config(5) with which ssh and scp get into each by its address. */
  readonly sshConfig: string;
  /** Makes all as if nothing had been uploaded. */
  readonly reset: () => Promise<void>;
  /** @throws Error unless all have all of the files, and were triggered. */
  readonly requireDone: (payload: PayloadFolder, count: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/**
 * Starts that many targets on loopback. They can change nothing but what is in their own memory.
 *
 * @param folder For keys and the like; exists.
 * @throws Error where they can't be had here, saying what is missing.
 */
export const startOpenSshTargets = async (
  count: number,
  folder: string,
  signal: AbortSignal,
): Promise<OpenSshTargets> => {
  requireTools();
  const skeleton = path.join(folder, 'skeleton');
  const root = path.join(folder, 'root');
  const privateKeyPath = path.join(folder, 'id');
  await mkdir(root);
  await makeSkeleton(skeleton, privateKeyPath);
  const port = await freePort(loopbackAddress(81, 0));
  const servers: Array<{ readonly target: Target; readonly child: ChildProcess }> = [];
  const stop = async () => {
    await Promise.all(
      servers.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }),
    );
  };

  try {
    for (let index = 0; index < count; index += 1) {
      const target = { address: loopbackAddress(81, index), port };
      const script = path.join(here, 'start-target.sh');
      const child = spawn(
        'setpriv',
        [
          // Whatever ends the bench, its targets end, too.
          ...['--pdeathsig', 'TERM', 'unshare', '--mount', 'sh', script],
          ...[root, skeleton, target.address, String(port)],
        ],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      );
      servers.push({ target, child });
      // A few at a time: each one mounts and copies.
      if (index % 8 === 7 || index === count - 1) {
        await Promise.all(servers.slice(index - (index % 8)).map((each) => answers(each, signal)));
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }

  const filesOf = (child: ChildProcess) => `/proc/${child.pid}/root`;
  const sshConfig = path.join(folder, 'ssh_config');
  await writeFile(sshConfig, sshConfiguration(privateKeyPath, port));
  return {
    all: servers.map(({ target }) => target),
    username: 'root',
    privateKeyPath,
    hostKey: (await readFile(path.join(skeleton, 'etc/ssh/host_key.pub'), 'utf8'))
      .split(' ', 2)
      .join(' '),
    sshConfig,
    reset: async () => {
      for (const { child } of servers) {
        for (const name of ['tmp/exs', 'var/lib/spot-tui', 'run/triggered', 'root/.ansible']) {
          await rm(path.join(filesOf(child), name), { recursive: true, force: true });
        }
      }
    },
    requireDone: async ({ files }, wanted) => {
      for (const { child, target } of servers.slice(0, wanted)) {
        const inbox = files.map((file) => `tmp/exs/${file}`);
        for (const name of [...inbox, 'run/triggered']) {
          await stat(path.join(filesOf(child), name)).catch(() => {
            throw new Error(`${target.address} has no /${name}: it was not done`);
          });
        }
      }
    },
    stop,
  };
};

const requireTools = () => {
  if (process.getuid?.() !== 0) throw new Error('targets need root: they mount what they run in');
  if (!existsSync('/usr/sbin/sshd')) throw new Error('sshd is missing: install openssh-server');
};

/** What a target's root has beside the machine's programs. */
const makeSkeleton = async (folder: string, privateKeyPath: string): Promise<void> => {
  const in_ = (name: string) => path.join(folder, name);
  for (const name of [
    'etc/ssh',
    'etc/systemd/system',
    'opt',
    'root',
    'run/sshd',
    'run/cloud-init',
    'tmp',
    'var/lib/spot-tui',
    'stand-ins',
    'bacalhau_node',
    'bacalhau_data',
  ]) {
    await mkdir(in_(name), { recursive: true });
  }
  for (const name of ['ld.so.cache', 'alternatives']) {
    if (existsSync(`/etc/${name}`)) {
      await cp(`/etc/${name}`, in_(`etc/${name}`), { recursive: true, verbatimSymlinks: true });
    }
  }
  await cp(path.join(here, 'stand-ins'), in_('stand-ins'), { recursive: true });
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', privateKeyPath]);
  await run('ssh-keygen', [
    '-q',
    '-t',
    'ed25519',
    '-N',
    '',
    '-C',
    '',
    '-f',
    in_('etc/ssh/host_key'),
  ]);
  await copyFile(`${privateKeyPath}.pub`, in_('etc/ssh/authorized_keys'));
  await writeFile(in_('etc/passwd'), passwords);
  await writeFile(in_('etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  await writeFile(in_('run/cloud-init/result.json'), '{"v1": {"errors": []}}\n');
  await writeFile(in_('etc/ssh/sshd_config'), serverConfiguration);
  await chmod(in_('etc/ssh/host_key'), 0o600);
};

const passwords = `root:x:0:0:root:/root:/bin/bash
sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`;

const serverConfiguration = `HostKey /etc/ssh/host_key
AuthorizedKeysFile /etc/ssh/authorized_keys
PidFile none
StrictModes no
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 1000
MaxSessions 100
PrintMotd no
PrintLastLog no
LogLevel ERROR
SetEnv PATH=/stand-ins:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
Subsystem sftp internal-sftp
`;

const sshConfiguration = (privateKeyPath: string, port: number) => `Host *
  User root
  Port ${port}
  IdentityFile ${privateKeyPath}
  IdentitiesOnly yes
  BatchMode yes
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
`;

const answers = async (
  { target, child }: { readonly target: Target; readonly child: ChildProcess },
  signal: AbortSignal,
): Promise<void> => {
  for (;;) {
    if (child.exitCode !== null) {
      throw new Error(`a target could not be started: status ${child.exitCode}`);
    }
    const socket = connect(target.port, target.address);
    try {
      await once(socket, 'connect');
      return;
    } catch {
      // Not yet; why it never will is said by the process.
      await sleep(20, undefined, { signal });
    } finally {
      socket.destroy();
    }
  }
};
