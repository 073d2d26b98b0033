import { homedir } from 'node:os';
import path from 'node:path';

/** Environment variables, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the program keeps what it remembers on the user's machine. Nothing is created here. */
export type StateFolders = {
  /** Holds all the others. */
  readonly root: string;
  /** Pinned host keys of a deployment's nodes, in the format of OpenSSH's `known_hosts`. */
  readonly knownHosts: (deployment: string) => string;
  /** Log and events of the runs of a deployment. */
  readonly runs: (deployment: string) => string;
  /** Files of one run; sorted by name they are sorted by time. */
  readonly runFiles: (run: Run) => RunFiles;
  /** Everything of the sandbox: its address, its keys and its nodes. */
  readonly sandbox: string;
};

export type Run = {
  readonly deployment: string;
  readonly command: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly processId: number;
};

export type RunFiles = {
  /** Text for people. */
  readonly log: string;
  /** The run's events as NDJSON, for `replay`. */
  readonly events: string;
};

/**
 * The program's folders for one user: below `$XDG_STATE_HOME`, else `$HOME/.local/state` on Linux
 * (https://specifications.freedesktop.org/basedir-spec/latest/), below
 * `~/Library/Application Support` on macOS and `%LOCALAPPDATA%` on Windows.
 */
export const stateFolders = (
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): StateFolders => {
  const root = path.join(stateHome(environment, platform), 'spot-tui');
  const runs = (deployment: string) => path.join(root, 'runs', deployment);
  return {
    root,
    knownHosts: (deployment) => path.join(root, 'known-hosts', deployment),
    runs,
    runFiles: ({ deployment, command, startedAt, processId }) => {
      // Windows allows no colon in a file's name.
      const time = new Date(startedAt).toISOString().replaceAll(':', '-');
      const name = path.join(runs(deployment), `${time}-${command}-${processId}`);
      return { log: `${name}.log`, events: `${name}.ndjson` };
    },
    sandbox: path.join(root, 'sandbox'),
  };
};

/** The user's home folder: from the environment where it says so, so that tests can move it. */
export const homeFolder = (
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): string => absolute(environment[platform === 'win32' ? 'USERPROFILE' : 'HOME']) ?? homedir();

const stateHome = (environment: Environment, platform: NodeJS.Platform): string => {
  const home = homeFolder(environment, platform);
  switch (platform) {
    case 'darwin':
      return path.join(home, 'Library', 'Application Support');
    case 'win32':
      return absolute(environment.LOCALAPPDATA) ?? path.join(home, 'AppData', 'Local');
    default:
      return absolute(environment.XDG_STATE_HOME) ?? path.join(home, '.local', 'state');
  }
};

/** The XDG specification tells programs to ignore relative paths. */
const absolute = (folder: string | undefined): string | undefined =>
  folder !== undefined && path.isAbsolute(folder) ? folder : undefined;
