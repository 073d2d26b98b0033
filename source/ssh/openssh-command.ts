import type { SshTarget } from './connection.ts';

/** What the system's `ssh` needs to know to reach a node as the program itself does. */
export type OpenSshOptions = {
  readonly target: SshTarget;
  /**
   * Absolute path of the private key; absent means that the agent has it. With an agent, the path
   * of a public key file picks that one key of the agent's.
   */
  readonly identityFile?: string;
  /** Socket of the agent where it is not the one that SSH_AUTH_SOCK names. */
  readonly agentSocket?: string;
  /** The machine to go through, and its alias in the file. */
  readonly jumpHost?: { readonly target: SshTarget; readonly hostKeyAlias: string };
  /** The file that `pinOnFirstUse` keeps. */
  readonly knownHostsFile: string;
  /** The node's alias in that file: its instance id. */
  readonly hostKeyAlias: string;
  /**
   * Absent for a login shell. A string is given to the remote shell as it is, a list is quoted so
   * that the remote program gets exactly these arguments.
   */
  readonly command?: string | readonly string[];
  /** Asks for a terminal although there is a command. */
  readonly terminal?: boolean;
  /** Reads the user's and the system's ssh configuration too; ours still wins. Default false. */
  readonly userConfiguration?: boolean;
};

/** Program and arguments, ready to be spawned without a shell. */
export type OpenSshCommand = {
  readonly file: 'ssh';
  readonly arguments: readonly string[];
};

/** How the system's `ssh` is called for one node; option names as in ssh_config(5). */
export const openSshCommand = (options: OpenSshOptions): OpenSshCommand => {
  const { target, command, jumpHost } = options;

  return {
    file: 'ssh',
    arguments: [
      ...settings(options, options.hostKeyAlias),
      ...(jumpHost === undefined ? [] : setting('ProxyCommand', proxyCommand(options, jumpHost))),
      ...(options.terminal === true ? ['-t'] : []),
      '-p',
      String(target.port),
      `${target.username}@${target.host}`,
      ...(command === undefined
        ? []
        : // Without it, ssh takes a command that begins with a dash for one of its own options.
          ['--', typeof command === 'string' ? command : quoteCommand(command)]),
    ],
  };
};

/** Whom to be and whom to trust; the same for each machine on the way. */
const settings = (
  { agentSocket, identityFile, knownHostsFile, userConfiguration }: OpenSshOptions,
  hostKeyAlias: string,
): string[] => [
  ...(userConfiguration === true ? [] : ['-F', 'none']),
  ...(identityFile === undefined ? [] : identity(identityFile)),
  ...(agentSocket === undefined ? [] : setting('IdentityAgent', quotedPath(agentSocket))),
  ...setting('UserKnownHostsFile', quotedPath(knownHostsFile)),
  ...setting('GlobalKnownHostsFile', '/dev/null'),
  ...setting('HostKeyAlias', hostKeyAlias),
  ...setting('StrictHostKeyChecking', 'yes'),
  ...setting('ConnectTimeout', '15'),
  ...setting('ServerAliveInterval', '15'),
];

/**
 * What `ProxyJump` does with our key and our pins: that option itself would hand none of them on to
 * the ssh that it starts. ssh gives it to the user's shell, once it has expanded the %-tokens.
 */
const proxyCommand = (
  options: OpenSshOptions,
  { target, hostKeyAlias }: NonNullable<OpenSshOptions['jumpHost']>,
): string => {
  const words = [
    'ssh',
    ...settings(options, hostKeyAlias),
    ...['-p', String(target.port)],
    `${target.username}@${target.host}`,
  ];
  return `${quoteCommand(words).replaceAll('%', '%%')} -W '[%h]:%p'`;
};

const setting = (name: string, value: string): string[] => ['-o', `${name}=${value}`];

const identity = (file: string): string[] => [
  // `-i` looks for the path as it is but reads it with %-tokens expanded: no name with a percent
  // sign passes both.
  ...(file.includes('%') ? setting('IdentityFile', quotedPath(file)) : ['-i', file]),
  ...setting('IdentitiesOnly', 'yes'),
];

/** A path in a configuration value, where blanks separate words and % begins a token. */
const quotedPath = (path: string): string => {
  const escaped = path.replaceAll('%', '%%');
  return /[\s"'\\#]/.test(escaped) ? `"${escaped.replace(/["\\]/g, '\\$&')}"` : escaped;
};

/** One string that a POSIX shell takes apart into exactly the given arguments. */
export const quoteCommand = (command: readonly string[]): string =>
  command.map(shellWord).join(' ');

/** One argument for a POSIX shell, in quotes only where it needs them. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
