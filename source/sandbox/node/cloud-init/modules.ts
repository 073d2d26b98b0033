import { packTar } from 'modern-tar';
import type { HostKey } from '../host-key.ts';
import { loginUser } from '../isolation/skeleton.ts';
import type { NodeShell } from '../node-shell.ts';
import type { CloudConfig, CloudFile } from './cloud-config.ts';

type KeyedMachine = {
  readonly shell: NodeShell;
  readonly hostname: string;
  readonly hostKey: HostKey;
  readonly publicKey: string;
};

/**
 * `write_files`.
 *
 * @throws Error in cloud-init's words.
 */
export const writeFiles = async (shell: NodeShell, files: readonly CloudFile[]): Promise<void> => {
  if (files.length === 0) return;
  const archive = await packTar(
    files
      .filter(({ append }) => !append)
      .map(({ path, content, mode }) => ({
        header: {
          name: path.replace(/^\/+/, ''),
          type: 'file' as const,
          size: content.length,
          mode,
          uid: 0,
          gid: 0,
          mtime: new Date(),
        },
        body: content,
      })),
  );
  const { status, stderr } = await shell.run(
    'umask 022; exec tar -C "${SPOT_TUI_ROOT:-/}" -xpf - --no-same-owner',
    [],
    Buffer.from(archive),
  );
  if (status !== 0) throw new Error(`OSError("${stderr.trim().split('\n')[0]}")`);
  for (const { path, content } of files.filter(({ append }) => append)) {
    await shell.run(
      'file="$SPOT_TUI_ROOT$1"; mkdir -p "${file%/*}"; cat >>"$file"',
      [path],
      content,
    );
  }
  for (const { path, owner } of files) {
    if (owner === 'root:root' || owner === 'root') continue;
    const given = await shell.run('[ -n "$SPOT_TUI_ROOT" ] || chown "$2" "$1"', [path, owner]);
    if (given.status !== 0) {
      throw new Error(`OSError('Unknown user or group: ${given.stderr.trim()}')`);
    }
  }
};

/**
 * `users` and `groups`; the image's default user is there already.
 *
 * @throws Error in cloud-init's words.
 */
export const makeUsers = async (shell: NodeShell, config: CloudConfig): Promise<void> => {
  const { user, users = ['default'], groups } = config;
  const named = (Array.isArray(groups) ? groups : (groups?.split(',') ?? [])).flatMap((group) =>
    typeof group === 'string' ? [group.trim()] : Object.keys(group),
  );
  const defaultUser = typeof user === 'string' ? user : user?.name;
  const wanted: { name: string; groups: string }[] = [];
  if (defaultUser !== undefined && defaultUser !== loginUser && users.includes('default')) {
    wanted.push({ name: defaultUser, groups: 'adm,sudo' });
  }
  for (const each of users) {
    if (typeof each === 'string') continue;
    wanted.push({ name: each.name, groups: [each.groups ?? []].flat().join(',') });
  }
  if (named.length === 0 && wanted.length === 0) return;
  const words = wanted.flatMap(({ name, groups: memberOf }) => [name, memberOf]);
  const { status, stderr } = await shell.run(
    `count=$1; shift
    while [ "$count" -gt 0 ]; do
      getent group "$1" >/dev/null 2>&1 || groupadd "$1" || exit
      shift; count=$((count - 1))
    done
    while [ "$#" -gt 0 ]; do
      id "$1" >/dev/null 2>&1 || useradd -m -s /bin/bash "$1" || exit
      [ -z "$2" ] || usermod -aG "$(printf %s "$2" | tr -d ' ')" "$1" || exit
      shift 2
    done`,
    [String(named.length), ...named, ...words],
  );
  if (status !== 0) throw new Error(`ProcessExecutionError(${stderr.trim()})`);
};

/** `ssh_authorized_keys`, and the machine's own public key. */
export const installKeys = async (
  { hostKey, hostname, publicKey, shell }: KeyedMachine,
  config: CloudConfig,
): Promise<void> => {
  const { user, users = [], ssh_authorized_keys: keys = [] } = config;
  const name = (typeof user === 'string' ? user : user?.name) ?? loginUser;
  const authorized = [name, [publicKey, ...keys].filter((key) => key !== '').join('\n')];
  for (const each of users) {
    if (typeof each === 'string' || each.ssh_authorized_keys === undefined) continue;
    authorized.push(each.name, each.ssh_authorized_keys.join('\n'));
  }
  await shell.run(
    `printf '%s\\n' "$1" >"$SPOT_TUI_ROOT/etc/ssh/ssh_host_ed25519_key.pub"
    shift
    while [ "$#" -gt 0 ]; do
      home=$(sed -n "s/^$1:[^:]*:[^:]*:[^:]*:[^:]*:\\([^:]*\\):.*/\\1/p" "$SPOT_TUI_ROOT/etc/passwd")
      folder=$SPOT_TUI_ROOT\${home:-/root}/.ssh
      mkdir -p -m 0700 "$folder" && printf '%s\\n' "$2" >"$folder/authorized_keys" &&
        chmod 0600 "$folder/authorized_keys"
      [ -n "$SPOT_TUI_ROOT" ] || chown -R "$1:" "$folder"
      shift 2
    done`,
    [`${hostKey.line} root@${hostname}`, ...authorized],
  );
};
