import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const sshd = '/usr/sbin/sshd';

/** Why tests against OpenSSH can't run here; false where they can. */
export const noOpenSsh: string | false = existsSync(sshd) ? false : `${sshd} is not installed`;

/** An unprivileged sshd on loopback that lets the current user in with a key of its own. */
export type OpenSshServer = {
  readonly port: number;
  readonly username: string;
  /** Folder of keys and configuration. */
  readonly directory: string;
  readonly privateKeyPath: string;
  readonly privateKey: Buffer;
  /** As in a `.pub` file, without comment. */
  readonly hostKey: string;
  /** Ends the listener; connections that stand go on. */
  stop(): Promise<void>;
};

export type OpenSshServerOptions = {
  readonly port?: number;
  /** Start again with the keys of an earlier one. */
  readonly directory?: string;
  /** Lines for sshd_config. */
  readonly configuration?: readonly string[];
};

export const startOpenSshServer = async (
  options: OpenSshServerOptions = {},
): Promise<OpenSshServer> => {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'spot-tui-sshd-')));
  const port = options.port ?? (await freePort());
  if (options.directory === undefined) {
    keygen(join(directory, 'host_key'));
    keygen(join(directory, 'id'));
    await writeFile(
      join(directory, 'authorized_keys'),
      await readFile(join(directory, 'id.pub'), 'utf8'),
    );
  }
  // sshd insists on it when root starts it, and only the init script makes it.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });

  await writeFile(
    join(directory, 'sshd_config'),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${join(directory, 'host_key')}`,
      `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'LogLevel VERBOSE',
      ...(options.configuration ?? []),
      '',
    ].join('\n'),
  );

  const child = spawn(sshd, ['-D', '-e', '-f', join(directory, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.push(line);
      if (line.includes('Server listening')) resolve();
    });
    child.once('exit', () => reject(new Error(`sshd did not start: ${log.join('\n')}`)));
  });

  return {
    port,
    username: userInfo().username,
    directory,
    privateKeyPath: join(directory, 'id'),
    privateKey: await readFile(join(directory, 'id')),
    hostKey: (await readFile(join(directory, 'host_key.pub'), 'utf8'))
      .split(' ')
      .slice(0, 2)
      .join(' '),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
};

/** Removes what a server left on disk. */
export const removeServerFiles = (server: OpenSshServer): Promise<void> =>
  rm(server.directory, { recursive: true, force: true });

const keygen = (path: string) => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path]);
};

/** A port of loopback on which nothing listens. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
};
