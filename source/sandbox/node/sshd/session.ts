import type { ServerChannel, Session } from 'ssh2';
import type { NodeRoot, RunningCommand } from '../isolation/node-root.ts';
import type { NodeShell } from '../node-shell.ts';
import type { Login } from './login.ts';
import { clamp, onTerminal, resizeScript, shellWord, type TerminalSize } from './terminal.ts';

/** What sessions of a node work with. */
export type SessionMachine = {
  readonly root: NodeRoot;
  readonly shell: NodeShell;
  /** Hears that whoever started a command, whose number this is in the node, is gone. */
  readonly onHangUp: (pid: number) => void;
  /** What greets somebody at a shell. */
  readonly motd: string;
};

/** Serves one session of an authenticated connection: a command or a shell (RFC 4254, 6). */
export const serveSession = (
  session: Session,
  machine: SessionMachine,
  login: () => Promise<Login>,
  connection: Readonly<Record<string, string>>,
): void => {
  const environment: Record<string, string> = { ...connection };
  let terminal: (TerminalSize & { readonly type: string }) | undefined;
  let running: RunningCommand | undefined;

  session.on('env', (accept, _reject, { key, val }) => {
    // As Ubuntu's sshd is configured: what else is in a client's environment stays there.
    if (/^(?:LANG|LC_\w+|COLORTERM|NO_COLOR)$/.test(key)) environment[key] = val;
    accept?.();
  });
  session.on('pty', (accept, _reject, { rows, cols, term }) => {
    terminal = { rows, columns: cols, type: term ?? 'xterm' };
    accept?.();
  });
  session.on('window-change', (accept, _reject, { rows, cols }) => {
    accept?.();
    const number = running?.terminal();
    if (number === undefined) return;
    machine.shell.run(resizeScript, [number, clamp(rows), clamp(cols)].map(String)).catch(() => {
      // The terminal is of the size that it had; the next change tries again.
    });
  });
  session.on('eof', () => {
    // ssh2 refuses whatever is asked once input has ended; sshd takes signals until the channel is
    // closed.
    Reflect.set(session, '_ending', false);
  });
  session.on('signal', (accept, _reject, { name }) => {
    accept?.();
    running?.signal(signalNamed(name));
  });

  const serve = async (channel: ServerChannel, command: string | undefined): Promise<void> => {
    const { user, home, environment: own } = await login();
    const shell = command === undefined ? '/bin/bash -l' : `/bin/bash -c ${shellWord(command)}`;
    running = machine.root.run({
      words:
        terminal === undefined
          ? ['/bin/bash', ...(command === undefined ? ['-l'] : ['-c', command])]
          : onTerminal(`exec ${shell}`, terminal),
      user,
      environment: {
        ...own,
        ...environment,
        ...(terminal === undefined ? {} : { TERM: terminal.type, SSH_TTY: '/dev/pts/0' }),
      },
      directory: home,
      stdin: 'pipe',
      manner: 'login',
      ...(terminal === undefined ? {} : { terminal: true }),
    });
    if (terminal !== undefined && command === undefined && machine.root.kind === 'namespaces') {
      channel.write(machine.motd.replaceAll('\n', '\r\n'));
    }
    await connect(channel, running, terminal !== undefined, machine.onHangUp);
  };
  const begin = (channel: ServerChannel, command: string | undefined): void => {
    serve(channel, command).catch((error: unknown) => {
      channel.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      channel.exit(255);
      channel.end();
    });
  };
  session.on('exec', (accept, _reject, { command }) => begin(accept(), command));
  session.on('shell', (accept) => begin(accept(), undefined));
  session.on('subsystem', (_accept, reject) => reject?.());
  session.on('x11', (_accept, reject) => reject?.());
};

/** Joins a channel and a command until both have ended. */
const connect = async (
  channel: ServerChannel,
  command: RunningCommand,
  isTerminal: boolean,
  onHangUp: (pid: number) => void,
): Promise<void> => {
  const { stdin, stdout, stderr, ended } = command;
  if (stdin !== undefined) {
    channel.pipe(stdin);
    // A command need not take all of its input: what is left is thrown away.
    stdin.on('error', () => {
      channel.unpipe(stdin);
      channel.resume();
    });
  }
  stdout.pipe(channel, { end: false });
  stderr.pipe(channel.stderr, { end: false });
  channel.once('close', () => {
    // Without a reader the command finds its output closed, as with sshd; those that wait for
    // something to print, and those at a terminal that is gone, are told.
    stdout.destroy();
    stderr.destroy();
    const pid = command.pid();
    if (isTerminal) hangUp(command);
    else if (pid !== undefined) onHangUp(pid);
  });
  const end = await ended;
  await Promise.all([flushed(channel), flushed(channel.stderr)]);
  if (end.signal === undefined) channel.exit(end.code);
  else channel.exit(end.signal.slice(3));
  channel.end();
};

const flushed = (stream: ServerChannel | ServerChannel['stderr']): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
    stream.once('close', () => resolve());
  });

/** The process that holds the terminal goes, and the kernel tells those on it. */
const hangUp = (command: RunningCommand): void => {
  command.signal('SIGHUP');
  const timer = setTimeout(() => command.signal('SIGKILL'), 500);
  void command.exited.then(() => clearTimeout(timer));
};

const signalNamed = (name: string): NodeJS.Signals => {
  const names: Readonly<Record<string, NodeJS.Signals>> = {
    ABRT: 'SIGABRT',
    ALRM: 'SIGALRM',
    HUP: 'SIGHUP',
    INT: 'SIGINT',
    KILL: 'SIGKILL',
    PIPE: 'SIGPIPE',
    QUIT: 'SIGQUIT',
    SEGV: 'SIGSEGV',
    USR1: 'SIGUSR1',
    USR2: 'SIGUSR2',
  };
  return names[name] ?? 'SIGTERM';
};
