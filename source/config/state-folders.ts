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
  /** Recordings of the runs of a deployment: of its logs and everything else that happened. */
  readonly runs: (recorded: RecordedDeployment) => string;
  /** The first file of a run's recording (NDJSON); sorted by name they are sorted by time. */
  readonly recording: (run: Run) => string;
  /** Everything of the sandbox: its address, its keys and its nodes. */
  readonly sandbox: string;
};

/** A deployment as far as its past is concerned: what happened in the sandbox is another story. */
export type RecordedDeployment = {
  readonly deployment: string;
  readonly isSandbox: boolean;
};

export type Run = RecordedDeployment & {
  readonly command: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly processId: number;
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
  // No deployment's name has an @.
  const runs = ({ deployment, isSandbox }: RecordedDeployment) =>
    path.join(
      root,
      'runs',
      isSandbox && deployment !== 'sandbox' ? `${deployment}@sandbox` : deployment,
    );
  return {
    root,
    knownHosts: (deployment) => path.join(root, 'known-hosts', deployment),
    runs,
    recording: ({ command, startedAt, processId, ...recorded }) => {
      // Windows allows no colon in a file's name.
      const time = new Date(startedAt).toISOString().replaceAll(':', '-');
      return path.join(runs(recorded), `${time}-${command}-${processId}.ndjson`);
    },
    sandbox: path.join(root, 'sandbox'),
  };
};

/** The user's home folder: from the environment where it says so, so that tests can move it. */
export const homeFolder = (
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): string => absolute(environment[platform === 'win32' ? 'USERPROFILE' : 'HOME']) ?? homedir();

/**
 * The program's folder for what can be made again: below `$XDG_CACHE_HOME`, else `$HOME/.cache` on
 * Linux, below `~/Library/Caches` on macOS and `%LOCALAPPDATA%` on Windows. Nothing is created here.
 */
export const cacheFolder = (
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): string => {
  const home = homeFolder(environment, platform);
  switch (platform) {
    case 'darwin':
      return path.join(home, 'Library', 'Caches', 'spot-tui');
    case 'win32':
      return path.join(stateHome(environment, platform), 'spot-tui', 'Cache');
    default:
      return path.join(
        absolute(environment.XDG_CACHE_HOME) ?? path.join(home, '.cache'),
        'spot-tui',
      );
  }
};

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
