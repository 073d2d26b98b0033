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
import type { Spawner, StartedProcess, StartOptions } from './spawner.ts';

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
 * @param spawner What starts it; without one this process does.
 */
export const launch = (
  enter: readonly string[],
  command: NodeCommand,
  within: ProcessWithin,
  { pool, spawner }: { readonly pool?: PipePool | undefined; readonly spawner?: Spawner } = {},
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
  const options = {
    file,
    words,
    stdin: command.stdin,
    ...(pipes === undefined
      ? {}
      : { outputs: { stdout: pipes.stdout.childEnd, stderr: pipes.stderr.childEnd } }),
  };
  const started = spawner?.isAlive ? spawner.start(options) : startHere(options);
  void started.started.then(() => {
    for (const pipe of [pipes?.stdout, pipes?.stderr]) {
      if (pipe !== undefined) closeSync(pipe.childEnd);
    }
  });
  const { exited, stdin } = started;
  const stdout = pipes?.stdout.ourEnd ?? started.stdout;
  const stderr = pipes?.stderr.ourEnd ?? started.stderr;
  if (stdout === undefined || stderr === undefined) {
    throw new Error('a command was started without output');
  }
  const closed = (stream: Readable): Promise<void> =>
    new Promise((resolve) => {
      stream.once('close', () => resolve());
    });
  const outputs = Promise.all([closed(stdout), closed(stderr)]);
  const ended = outputs.then(() => exited);
  const pidWithin = (find: (outer: number) => number | undefined) => () => {
    const pid = started.pid();
    return pid === undefined ? undefined : find(pid);
  };
  return {
    ...(stdin === undefined ? {} : { stdin }),
    stdout,
    stderr,
    exited,
    ended,
    pid: pidWithin(within.pid),
    terminal: pidWithin(within.terminal),
    signal: (name, scope = 'group') => {
      const send = () => {
        const pid = started.pid();
        if (pid !== undefined) within.signal(pid, name, scope);
      };
      if (started.pid() === undefined) void started.started.then(send);
      else send();
    },
  };
};

/** Starts a command from this process. */
const startHere = ({ file, outputs, stdin, words }: StartOptions): StartedProcess => {
  const child = spawn(file, [...words], {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    stdio: [stdin, outputs?.stdout ?? 'pipe', outputs?.stderr ?? 'pipe'],
    detached: true,
  });
  const exited = new Promise<CommandEnd>((resolve) => {
    child.once('error', () => resolve({ code: launchStatus.program }));
    child.once('exit', (code, name) =>
      resolve(name === null ? { code: code ?? 255 } : { signal: name }),
    );
  });
  return {
    stdin: child.stdin ?? undefined,
    stdout: child.stdout ?? undefined,
    stderr: child.stderr ?? undefined,
    started: Promise.resolve(),
    exited,
    pid: () => (isRunning(child) ? child.pid : undefined),
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
