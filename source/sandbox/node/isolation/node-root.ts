import type { Readable, Writable } from 'node:stream';

/** What a command is run as, in a node. */
export type NodeCommand = {
  /** Program and arguments; the program is looked up in `PATH` unless it is a path. */
  readonly words: readonly string[];
  /** Name of a user of the node. */
  readonly user: string;
  /** Its whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute path in the node. */
  readonly directory: string;
  readonly stdin: 'pipe' | 'ignore';
  /**
   * On whose behalf it runs: a login's directory may be missing, a service's program may not, and
   * the sandbox's own scripts are known to keep to `SPOT_TUI_ROOT`.
   */
  readonly manner: 'login' | 'service' | 'sandbox';
  /** Whether a service goes on until it is told to end. */
  readonly lasting?: boolean;
  /** Whether it makes a terminal, for which not every kind of node has the means. */
  readonly terminal?: boolean;
  /** Paths in the node that output is appended to instead of being handed out. */
  readonly appendTo?: { readonly stdout?: string; readonly stderr?: string };
};

export type CommandEnd =
  | { readonly code: number; readonly signal?: undefined }
  | { readonly code?: undefined; readonly signal: NodeJS.Signals };

/** A command that was started in a node. */
export interface RunningCommand {
  /** Absent where standard input is ignored. */
  readonly stdin?: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the command has ended, though others may still hold its output; never rejects. */
  readonly exited: Promise<CommandEnd>;
  /** Settles when the command has ended and its output was read; never rejects. */
  readonly ended: Promise<CommandEnd>;
  /** Its process id within the node; undefined once it has ended. */
  pid(): number | undefined;
  /** Number of the terminal, below `/dev/pts`, that its child works at. */
  terminal(): number | undefined;
  /** Signals the command, by default along with all that is in its process group. */
  signal(name: NodeJS.Signals, scope?: 'group' | 'process'): void;
}

/** Statuses with which systemd says why it could not run a program (systemd.exec(5)). */
export const launchStatus = { directory: 200, program: 203 } as const;

/**
 * What a node is to the processes that run on it: its files, and the walls around them. Nothing
 * that runs here reaches a process, a file or a socket of the machine that the sandbox runs on.
 */
export interface NodeRoot {
  /** `prefix` means that only programs that the product ships are run, with a root prefix. */
  readonly kind: 'namespaces' | 'prefix';
  /** Whether users other than the login user have an identity of their own. */
  readonly distinguishesUsers: boolean;
  /** Makes the place in which commands run. Rejects when the platform refuses. */
  start(): Promise<void>;
  /** Starts a command; only between `start` and `stop`. */
  run(command: NodeCommand): RunningCommand;
  /** A command of the user data as it may run here. */
  admitCommand(command: string): string;
  /** Takes the disk's free space away, until `/var/tmp/filler` is removed or the node restarts. */
  fillDisk(): Promise<void>;
  /** Kills everything that runs in the node, whose files are kept for another start or not. */
  stop(files: 'keep' | 'discard'): Promise<void>;
  /** Removes the node's directory; after `stop`. */
  remove(): Promise<void>;
  /** Folder, on the machine of the sandbox, through which stand-ins talk to it. */
  readonly callsFolder: string;
  /** Uid of the file's owner as seen within the node. */
  innerUid(uid: number): number;
  /** What a process of the node calls a path, as seen within the node. */
  innerPath(file: string): string;
}
