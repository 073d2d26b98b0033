import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Answer } from '../stand-ins/call.ts';
import type { CommandEnd, NodeCommand, RunningCommand } from './node-root.ts';

/** A program that the sandbox answers, as a command. */
export const answeredCommand = (
  answer: Answer,
  command: NodeCommand,
  program: string,
  words: readonly string[],
): RunningCommand => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const stdin = new PassThrough();
  const controller = new AbortController();
  const answered = answer({
    program,
    words,
    directory: command.directory,
    user: 0,
    environment: command.environment,
    out: (output) => void stdout.write(output),
    err: (output) => void stderr.write(output),
    stream: () => undefined,
    input: () => text(stdin),
    signal: controller.signal,
  }).catch((error: unknown) => {
    stderr.write(`${program}: the sandbox failed: ${String(error)}\n`);
    return 1;
  });
  let killedBy: NodeJS.Signals | undefined;
  const killed = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const exited = Promise.race([answered, killed]).then((status): CommandEnd => {
    stdout.end();
    stderr.end();
    return killedBy !== undefined
      ? { signal: killedBy }
      : { code: typeof status === 'number' ? status : 1 };
  });
  // As a program whose output nobody reads any more.
  stdout.once('close', () => controller.abort());
  return {
    stdin,
    stdout,
    stderr,
    exited,
    ended: exited,
    pid: () => undefined,
    terminal: () => undefined,
    signal: (name) => {
      killedBy ??= name;
      controller.abort();
    },
  };
};

/** A service's own program is not run; the service is up all the same. */
export const pretendedCommand = (command: NodeCommand): RunningCommand => {
  const note = `sandbox: not run here, only said to: ${command.words.join(' ')}\n`;
  if (command.lasting !== true) return saying(note, { code: 0 });
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  stdout.write(note);
  let end: (signal: NodeJS.Signals) => void = () => undefined;
  const exited = new Promise<CommandEnd>((resolve) => {
    end = (signal) => {
      stdout.end();
      stderr.end();
      resolve({ signal });
    };
  });
  return {
    stdout,
    stderr,
    exited,
    ended: exited,
    pid: () => undefined,
    terminal: () => undefined,
    signal: (name) => end(name),
  };
};

/** A command that has ended already, and said something. */
export const saying = (output: string, end: CommandEnd, complaint = ''): RunningCommand => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  stdout.end(output);
  stderr.end(complaint);
  return {
    stdin: new PassThrough().resume(),
    stdout,
    stderr,
    exited: Promise.resolve(end),
    ended: Promise.resolve(end),
    pid: () => undefined,
    terminal: () => undefined,
    signal: () => undefined,
  };
};

/** As a shell that finds a program but may not run it. */
export const refusing = (complaint: string, code = 126): RunningCommand =>
  saying('', { code }, complaint);
