import { chmod, lchown, lstat, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { IdentityMap } from './identity-map.ts';

/** The login user of the images, as on Ubuntu's. */
export const loginUser = 'ubuntu';

type Entry =
  | { readonly folder: string; readonly mode?: number; readonly owner?: 'login' }
  | {
      readonly file: string;
      readonly text: string;
      readonly mode?: number;
      readonly owner?: 'login';
      readonly group?: 'adm';
    }
  | { readonly link: string; readonly target: string };

const ids = { root: 0, login: 1000, adm: 4 } as const;

/** Writes the files that every node begins with: those of a small Ubuntu server. */
export const writeSkeleton = async (folder: string, identities: IdentityMap): Promise<void> => {
  for (const name of ['', 'root', 'usr-local', 'calls', 'stand-ins']) {
    await mkdir(path.join(folder, name));
  }
  for (const name of ['bin', 'sbin', 'lib', 'share', 'etc', 'src']) {
    await mkdir(path.join(folder, 'usr-local', name));
  }
  // Every user of the node calls stand-ins.
  await chmod(path.join(folder, 'calls'), 0o777);
  await writeFile(path.join(folder, 'boot-id'), '');
  for (const entry of [...entries(identities), ...(await topLevelMountPoints())]) {
    await write(path.join(folder, 'root'), entry, identities);
  }
  if (identities.type === 'range') {
    for (const name of ['', 'root', 'calls', 'boot-id', 'usr-local']) {
      await lchown(path.join(folder, name), identities.base, identities.base);
    }
    for (const name of ['bin', 'sbin', 'lib', 'share', 'etc', 'src']) {
      await lchown(path.join(folder, 'usr-local', name), identities.base, identities.base);
    }
  } else if (process.getuid?.() === 0) {
    const { uid, gid } = identities.outside;
    for (const name of ['', 'root', 'calls', 'boot-id', 'usr-local']) {
      await lchown(path.join(folder, name), uid, gid);
    }
  }
};

const write = async (root: string, entry: Entry, identities: IdentityMap): Promise<void> => {
  const name = 'folder' in entry ? entry.folder : 'file' in entry ? entry.file : entry.link;
  const target = path.join(root, name);
  if ('folder' in entry) {
    await mkdir(target);
    await chmod(target, entry.mode ?? 0o755);
  } else if ('file' in entry) {
    await writeFile(target, entry.text);
    await chmod(target, entry.mode ?? 0o644);
  } else {
    await symlink(entry.target, target);
  }
  if (process.getuid?.() !== 0) return;
  const owner = 'owner' in entry && entry.owner === 'login' ? ids.login : ids.root;
  const group = 'group' in entry && entry.group === 'adm' ? ids.adm : owner;
  await (identities.type === 'range'
    ? lchown(target, identities.base + owner, identities.base + group)
    : lchown(target, identities.outside.uid, identities.outside.gid));
};

/** Where the machine's own folders are mounted. */
const topLevelMountPoints = async (): Promise<Entry[]> => {
  const found = await Promise.all(
    ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'].map((name) =>
      lstat(`/${name}`).then(
        () => [{ folder: name }],
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return [];
          throw error;
        },
      ),
    ),
  );
  return found.flat();
};

const folders = (names: string, rest: { mode?: number; owner?: 'login' } = {}): Entry[] =>
  names
    .trim()
    .split(/\s+/)
    .map((folder) => ({ folder, ...rest }));

/** Links are relative, so that they lead nowhere else where a node has no root of its own. */
const entries = (identities: IdentityMap): Entry[] => [
  ...folders(`
    dev dev/pts dev/shm etc home media mnt opt proc run srv sys usr usr/local var
    etc/alternatives etc/apt etc/cloud etc/cloud/cloud.cfg.d etc/default etc/docker etc/skel etc/ssh
    etc/sudoers.d etc/systemd etc/systemd/system etc/systemd/system/multi-user.target.wants
    run/sandbox run/lock
    var/cache var/lib var/lib/cloud var/lib/cloud/data var/lib/cloud/instances var/lib/systemd
    var/lib/docker var/log var/spool
  `),
  { folder: 'tmp', mode: 0o1777 },
  { folder: 'var/tmp', mode: 0o1777 },
  { folder: 'root', mode: 0o700 },
  { folder: `home/${loginUser}`, mode: 0o750, owner: 'login' },
  { folder: `home/${loginUser}/.ssh`, mode: 0o700, owner: 'login' },
  { link: 'var/run', target: '../run' },
  { link: 'var/lock', target: '../run/lock' },
  { link: 'dev/ptmx', target: 'pts/ptmx' },
  { link: 'dev/fd', target: '/proc/self/fd' },
  { link: 'dev/stdin', target: '/proc/self/fd/0' },
  { link: 'dev/stdout', target: '/proc/self/fd/1' },
  { link: 'dev/stderr', target: '/proc/self/fd/2' },
  ...['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name) => ({
    file: `dev/${name}`,
    text: '',
  })),
  { file: 'etc/ld.so.preload', text: '' },
  { file: 'etc/ld.so.cache', text: '' },
  { link: 'etc/localtime', target: '../usr/share/zoneinfo/Etc/UTC' },
  { file: 'etc/timezone', text: 'Etc/UTC\n' },
  {
    file: 'etc/fstab',
    text: 'LABEL=cloudimg-rootfs / ext4 discard,commit=30,errors=remount-ro 0 1\n',
  },
  { file: 'etc/resolv.conf', text: 'nameserver 127.0.0.53\noptions edns0 trust-ad\n' },
  {
    file: 'etc/nsswitch.conf',
    text: 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n',
  },
  { file: 'etc/shells', text: '/bin/sh\n/bin/bash\n/usr/bin/sh\n/usr/bin/bash\n' },
  { file: 'etc/debian_version', text: 'trixie/sid\n' },
  { file: 'etc/issue', text: 'Ubuntu 24.04 LTS \\n \\l\n\n' },
  { file: 'etc/motd', text: motd },
  { file: 'etc/os-release', text: osRelease },
  { file: 'etc/lsb-release', text: lsbRelease },
  { file: 'etc/environment', text: `PATH="${searchPath}"\n` },
  { file: 'etc/profile', text: profile },
  { file: 'etc/bash.bashrc', text: bashrc },
  { file: 'etc/skel/.bashrc', text: userBashrc },
  { file: 'etc/skel/.profile', text: userProfile },
  { file: `home/${loginUser}/.bashrc`, text: userBashrc, owner: 'login' },
  { file: `home/${loginUser}/.profile`, text: userProfile, owner: 'login' },
  { file: 'root/.bashrc', text: userBashrc },
  { file: 'root/.profile', text: userProfile },
  {
    file: 'etc/sudoers.d/90-cloud-init-users',
    text: `${loginUser} ALL=(ALL) NOPASSWD:ALL\n`,
    mode: 0o440,
  },
  { file: 'etc/passwd', text: passwd(identities) },
  { file: 'etc/group', text: group(identities) },
  {
    file: 'etc/shadow',
    text: `root:*:19000:0:99999:7:::\n${loginUser}:!:19000:0:99999:7:::\n`,
    mode: 0o640,
  },
  { file: 'var/log/cloud-init.log', text: '' },
  { file: 'var/log/cloud-init-output.log', text: '', mode: 0o640, group: 'adm' },
];

/** `PATH` of whatever runs on a node. */
export const searchPath =
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin';

/**
 * Where there is one identity only, it goes by the login user's name: the first of a number is the
 * name by which files and processes are shown.
 */
const passwd = ({ type }: IdentityMap): string => {
  const [root, login, nobody] = type === 'range' ? [0, 1000, 65_534] : [0, 0, 0];
  const users = [
    `root:x:${root}:${root}:root:/root:/bin/bash`,
    `${loginUser}:x:${login}:${login}:Ubuntu:/home/${loginUser}:/bin/bash`,
  ];
  return `${(type === 'range' ? users : users.reverse()).join('\n')}
daemon:x:${type === 'range' ? 1 : 0}:${type === 'range' ? 1 : 0}:daemon:/usr/sbin:/usr/sbin/nologin
nobody:x:${nobody}:${nobody}:nobody:/nonexistent:/usr/sbin/nologin
`;
};

const group = ({ type }: IdentityMap): string => {
  const id = (number: number): number => (type === 'range' ? number : 0);
  const groups = [`root:x:${id(0)}:`, `${loginUser}:x:${id(1000)}:`];
  return `${(type === 'range' ? groups : groups.reverse()).join('\n')}
daemon:x:${id(1)}:
adm:x:${id(4)}:syslog,${loginUser}
tty:x:${id(5)}:
sudo:x:${id(27)}:${loginUser}
www-data:x:${id(33)}:
users:x:${id(100)}:
systemd-journal:x:${id(999)}:
docker:x:${id(998)}:
nogroup:x:${id(65_534)}:
`;
};

const osRelease = `PRETTY_NAME="Ubuntu 24.04 LTS (sandbox)"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
UBUNTU_CODENAME=noble
`;

const lsbRelease = `DISTRIB_ID=Ubuntu
DISTRIB_RELEASE=24.04
DISTRIB_CODENAME=noble
DISTRIB_DESCRIPTION="Ubuntu 24.04 LTS (sandbox)"
`;

const motd = `Welcome to a sandbox node.

 * Commands run for real, in files of the node's own.
 * systemctl, journalctl, docker, apt-get and cloud-init are stand-ins.

`;

const profile = `if [ -f /etc/bash.bashrc ] && [ -n "\${BASH_VERSION-}" ] && [ -n "\${PS1-}" ]; then
  . /etc/bash.bashrc
fi
`;

const bashrc = `[ -n "\${PS1-}" ] || return
shopt -s checkwinsize
PS1='\\u@\\h:\\w\\$ '
`;

const userBashrc = `case $- in
  *i*) ;;
  *) return ;;
esac
HISTCONTROL=ignoreboth
# By name: on a node with a single identity everybody has root's number.
case \${USER:-root} in
  root) mark='#' ;;
  *) mark='$' ;;
esac
PS1='\\[\\e[32m\\]'"\${USER:-root}"'@\\h\\[\\e[0m\\]:\\[\\e[34m\\]\\w\\[\\e[0m\\]'"$mark "
unset mark
alias ll='ls -alF'
`;

const userProfile = `if [ -n "$BASH_VERSION" ] && [ -f "$HOME/.bashrc" ]; then
  . "$HOME/.bashrc"
fi
`;
