import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import {
  type CommandEnd,
  launchStatus,
  type NodeCommand,
  type RunningCommand,
} from './node-root.ts';
import type { Pipe, PipePool } from './pipe-pool.ts';

/**
 * Runs within the node, with the rights of the command: goes to its directory, sets its environment
 * and becomes it. The environment may not be set earlier: it decides what code a program loads.
 */
const prelude = `
cd "$1" 2>/dev/null || {
  [ -z "$2" ] || exit ${launchStatus.directory}
  echo "Could not chdir to home directory $1: No such file or directory" >&2
  cd /
}
strict=$2 out=$3 err=$4
shift 4
unset PWD OLDPWD
while [ "$1" != -- ]; do
  export "$1"
  shift
done
shift
[ -z "$strict" ] || command -v -- "$1" >/dev/null || exit ${launchStatus.program}
[ -z "$out" ] || exec >>"$out"
[ -z "$err" ] || exec 2>>"$err"
unset strict out err
exec "$@"
`;

/**
 * Starts a command behind the words that put it into a node.
 *
 * @param within What runs in the node for the process of that id here.
 * @param pool Where its pipes come from; without one they are sockets.
 */
export const launch = (
  enter: readonly string[],
  command: NodeCommand,
  within: ProcessWithin,
  pool?: PipePool,
): RunningCommand => {
  const [file = '', ...words] = [
    ...enter,
    ...['/bin/sh', '-c', prelude, 'sh'],
    command.directory,
    command.manner === 'service' ? 'strict' : '',
    command.appendTo?.stdout ?? '',
    command.appendTo?.stderr ?? '',
    ...variables(command.environment),
    '--',
    ...command.words,
  ];
  const pipes = takePipes(pool);
  const child = spawn(file, words, {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    stdio: [command.stdin, pipes?.stdout.childEnd ?? 'pipe', pipes?.stderr.childEnd ?? 'pipe'],
    detached: true,
  });
  for (const pipe of [pipes?.stdout, pipes?.stderr]) {
    if (pipe !== undefined) closeSync(pipe.childEnd);
  }
  const { stdin } = child;
  const stdout = pipes?.stdout.ourEnd ?? child.stdout;
  const stderr = pipes?.stderr.ourEnd ?? child.stderr;
  if (stdout === null || stderr === null) throw new Error('a command was started without output');
  const exited = new Promise<CommandEnd>((resolve) => {
    child.once('error', () => resolve({ code: launchStatus.program }));
    child.once('exit', (code, name) =>
      resolve(name === null ? { code: code ?? 255 } : { signal: name }),
    );
  });
  const closed = (stream: Readable): Promise<void> =>
    new Promise((resolve) => {
      stream.once('close', () => resolve());
    });
  const outputs = Promise.all([closed(stdout), closed(stderr)]);
  const ended = outputs.then(() => exited);
  return {
    ...(stdin === null ? {} : { stdin }),
    stdout,
    stderr,
    exited,
    ended,
    pid: () => (isRunning(child) ? within.pid(child.pid) : undefined),
    terminal: () => (isRunning(child) ? within.terminal(child.pid) : undefined),
    signal: (name, scope = 'group') => {
      if (isRunning(child)) within.signal(child.pid, name, scope);
    },
  };
};

/** Without pipes, sockets do. */
const takePipes = (pool: PipePool | undefined): { stdout: Pipe; stderr: Pipe } | undefined => {
  if (pool === undefined) return undefined;
  try {
    return { stdout: pool.take(), stderr: pool.take() };
  } catch {
    // The disk is full, perhaps: most commands do not mind.
    return undefined;
  }
};

/** How to reach the process in a node that a process of the sandbox stands for. */
export type ProcessWithin = {
  pid(outer: number): number | undefined;
  terminal(outer: number): number | undefined;
  signal(outer: number, name: NodeJS.Signals, scope: 'group' | 'process'): void;
};

/** What a command is that was started in a node that is down. */
export const endedCommand = (): RunningCommand => {
  const end: CommandEnd = { signal: 'SIGKILL' };
  return {
    stdin: new PassThrough().resume(),
    stdout: Readable.from([]),
    stderr: Readable.from([]),
    exited: Promise.resolve(end),
    ended: Promise.resolve(end),
    pid: () => undefined,
    terminal: () => undefined,
    signal: () => undefined,
  };
};

const isRunning = (child: ChildProcess): child is ChildProcess & { readonly pid: number } =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/** `NAME=value` for each variable that a shell can set. */
const variables = (environment: Readonly<Record<string, string>>): string[] =>
  Object.entries(environment)
    .filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
    .map(([name, value]) => `${name}=${value}`);
