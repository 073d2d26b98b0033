import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import type { IdentityMap } from './identity-map.ts';
import { writeSkeleton } from './skeleton.ts';

/** Programs whose calls the sandbox's own process answers. */
export const answeredPrograms = [
  'systemctl',
  'systemd-analyze',
  'journalctl',
  'hostnamectl',
  'loginctl',
  'timedatectl',
  'logger',
  'reboot',
  'shutdown',
  'poweroff',
  'halt',
  'docker',
  'docker-compose',
  'dockerd',
  'containerd',
  'cloud-init',
  'apt-get',
  'apt',
  'apt-cache',
  'dpkg',
  'dpkg-query',
] as const;

/** Programs that are scripts of their own, by the names under which they are called. */
const scripts = {
  sudo: ['sudo'],
  su: ['su', 'runuser'],
  'systemd-cat': ['systemd-cat'],
  curl: ['curl'],
  accounts: [
    'useradd',
    'adduser',
    'usermod',
    'userdel',
    'deluser',
    'groupadd',
    'addgroup',
    'groupdel',
    'delgroup',
    'gpasswd',
  ],
} as const;

/** What all nodes of a sandbox share, and each one's files to begin with. */
export type BaseFolder = {
  readonly folder: string;
  /** Folder of stand-ins on the machine itself, for where they can't be put into `/usr/bin`. */
  readonly programs: string;
  readonly skeleton: string;
  /** Script that fills and frees a node's disk. */
  readonly diskScript: string;
};

/** How the machine's programs get into a node. */
export type UsrMount =
  /** Stand-ins over the machine's `/usr`, so that `/usr/bin/docker` is one as well. */
  | 'overlay'
  /** The machine's `/usr` as it is; stand-ins come first in `PATH` only. */
  | 'bind';

/**
 * Makes the folder that the nodes of a sandbox share.
 *
 * @param templatesFolder Folder of the product's templates, with `sandbox/` in it.
 */
export const makeBaseFolder = async ({
  folder,
  templatesFolder,
  identities,
}: {
  readonly folder: string;
  readonly templatesFolder: string;
  readonly identities: IdentityMap;
}): Promise<BaseFolder> => {
  await rm(folder, { recursive: true, force: true });
  const usr = path.join(folder, 'usr');
  const programs = path.join(usr, 'bin');
  await mkdir(programs, { recursive: true });
  const source = path.join(templatesFolder, 'sandbox');
  const install = async (name: string, target: string) => {
    await copyFile(path.join(source, name), target);
    await chmod(target, 0o755);
  };
  await install('call', path.join(programs, 'systemctl'));
  for (const name of answeredPrograms.slice(1)) {
    await symlink('systemctl', path.join(programs, name));
  }
  for (const [script, names] of Object.entries(scripts)) {
    for (const name of names) await install(script, path.join(programs, name));
  }
  await keepProgram('curl', path.join(usr, 'lib', 'sandbox'));
  await install('start-node', path.join(folder, 'start-node'));
  await shadowSystemPrograms(usr);

  const skeleton = path.join(folder, 'skeleton');
  await writeSkeleton(skeleton, identities);
  if (identities.type === 'single') {
    await install('chown', path.join(skeleton, 'usr-local', 'sbin', 'chown'));
  }
  const diskScript = await readFile(path.join(source, 'fill-disk'), 'utf8');
  return { folder, programs, skeleton, diskScript };
};

/** Keeps a program of the machine that a stand-in lies over, and makes use of, if there is one. */
const keepProgram = async (name: string, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await copyFile(path.join('/usr/bin', name), path.join(folder, name)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    },
  );
};

/** The machine's own programs of these names may also lie in `/usr/sbin`. */
const shadowSystemPrograms = async (usr: string): Promise<void> => {
  const sbin = await lstat('/usr/sbin').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (sbin?.isDirectory() !== true) return;
  await mkdir(path.join(usr, 'sbin'));
  for (const name of await readdir(path.join(usr, 'bin'))) {
    await symlink(`../bin/${name}`, path.join(usr, 'sbin', name));
  }
};

/** Makes stand-ins come first in `PATH` where they can't lie over those of the machine. */
export const installProgramsLocally = async ({ programs, skeleton }: BaseFolder): Promise<void> => {
  for (const name of await readdir(programs)) {
    const target = path.join(skeleton, 'usr-local', 'sbin', name);
    await copyFile(path.join(programs, name), target);
    await chmod(target, 0o755);
  }
};

/**
 * The mounts of a node, for `mount --all`; relative to the node's folder, so that one table serves
 * all and no folder above has to be open to the identities that nodes run as.
 */
export const writeMountTable = async (base: BaseFolder, usr: UsrMount): Promise<void> => {
  const readOnly = 'bind,ro,nosuid,nodev,noexec';
  const rows: string[][] = [
    ['./root', './root', 'none', 'bind'],
    usr === 'overlay'
      ? ['stand-ins', 'root/usr', 'overlay', 'lowerdir=../.base/usr:/usr,ro,nosuid,nodev']
      : ['/usr', 'root/usr', 'none', 'bind,ro,nosuid,nodev'],
    ['usr-local', 'root/usr/local', 'none', 'bind'],
    ['calls', 'root/run/sandbox', 'none', 'bind'],
    // What decides which code a program loads can't be moved away, since mount points can't.
    ['./root/etc', './root/etc', 'none', 'bind'],
    ['/dev/null', 'root/etc/ld.so.preload', 'none', 'bind'],
    ...(await optional('/etc/ld.so.cache', ['root/etc/ld.so.cache', 'none', readOnly])),
    ...(await optional('/etc/alternatives', ['root/etc/alternatives', 'none', readOnly])),
    ...(await topLevelFolders()),
    ['proc', 'root/proc', 'proc', 'nosuid,nodev,noexec'],
    ['boot-id', 'root/proc/sys/kernel/random/boot_id', 'none', readOnly],
    ['devpts', 'root/dev/pts', 'devpts', 'newinstance,ptmxmode=0666,mode=620,nosuid,noexec'],
    ...devices.map((name) => [`/dev/${name}`, `root/dev/${name}`, 'none', 'bind']),
  ];
  await writeFile(
    path.join(base.folder, 'fstab'),
    rows.map((row) => `${row.join(' ')} 0 0\n`).join(''),
  );
};

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

const optional = async (source: string, row: string[]): Promise<string[][]> =>
  lstat(source).then(
    () => [[source, ...row]],
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );

/** `/bin`, `/lib` and the like, which are folders of `/usr` on most machines. */
const topLevelFolders = async (): Promise<string[][]> => {
  const rows: string[][] = [];
  for (const name of ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']) {
    const found = await lstat(`/${name}`).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (found?.isSymbolicLink() === true) {
      rows.push([`root/usr/${name}`, `root/${name}`, 'none', 'bind']);
    } else if (found?.isDirectory() === true) {
      rows.push([`/${name}`, `root/${name}`, 'none', 'bind,ro,nosuid,nodev']);
    }
  }
  return rows;
};
