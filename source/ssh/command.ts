import { addAbortListener } from 'node:events';
import type { ClientChannel } from 'ssh2';
import type { ExecOptions, ExecResult, SshTarget } from './connection.ts';
import { createLineReader } from './line-reader.ts';
import { createOutputTail } from './output-tail.ts';
import { sendSignal } from './remote-signal.ts';
import type { Session } from './session.ts';
import { nameOf } from './setback.ts';
import { SshError } from './ssh-error.ts';
import { startUpload, type Upload } from './upload.ts';

const defaultMaximumOutput = 1024 * 1024;

/**
 * Milliseconds without output after a command's exit until its channel is closed: something that it
 * left in the background holds its output open, perhaps for ever.
 */
const afterlife = 2_000;

/**
 * Runs one command on a session, see `NodeConnection.exec`. Rejects with the session's
 * `ConnectionLostError` when that ends first, and with an `SshError` of kind `session` when the node
 * won't run anything.
 */
export const runCommand = (
  session: Session,
  target: SshTarget,
  command: string,
  options: ExecOptions,
): Promise<ExecResult> =>
  new Promise((resolve, reject) => {
    const {
      signal,
      stdin,
      onProgress,
      onLine,
      onStop,
      maximumOutput = defaultMaximumOutput,
    } = options;
    const taken = Promise.withResolvers<boolean>();
    let settled = false;
    let channel: ClientChannel | undefined;
    let upload: Upload | undefined;
    let exit: Pick<ExecResult, 'exitCode' | 'exitSignal'> | undefined;
    let lingering: NodeJS.Timeout | undefined;
    let finish = () => fail(session.lost.reason);

    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(lingering);
      for (const listener of listeners) listener[Symbol.dispose]();
      return true;
    };

    const fail = (reason: unknown) => {
      if (!settle()) return;
      upload?.finish(false);
      if (session.lost.aborted) taken.resolve(false);
      else if (channel !== undefined) stopCommand(channel, taken.resolve);
      if (signal.aborted && onStop !== undefined) {
        const lost = addAbortListener(session.lost, () => taken.resolve(false));
        onStop(taken.promise.finally(() => lost[Symbol.dispose]()));
      }
      reject(reason);
    };

    /** What callers' functions throw must not reach ssh2, which would take it for its own fault. */
    const guarded =
      <Arguments extends unknown[]>(work: (...input: Arguments) => void) =>
      (...input: Arguments): void => {
        if (settled) return;
        try {
          work(...input);
        } catch (error) {
          fail(error);
        }
      };

    const listeners = [
      addAbortListener(signal, () => fail(signal.reason)),
      addAbortListener(session.lost, () => {
        // A command such as `reboot` ends well and takes the connection with it.
        if (exit === undefined) fail(session.lost.reason);
        else finish();
      }),
    ];

    const readStream = (stream: NodeJS.ReadableStream, name: 'stdout' | 'stderr') => {
      const tail = createOutputTail(maximumOutput);
      const lines = onLine && createLineReader((line) => onLine(line, name));
      stream.on(
        'data',
        guarded((chunk: Buffer) => {
          tail.write(chunk);
          lines?.write(chunk);
          lingering?.refresh();
        }),
      );
      return { text: tail.text, end: () => lines?.end() };
    };

    const follow = (opened: ClientChannel) => {
      const stdout = readStream(opened, 'stdout');
      const stderr = readStream(opened.stderr, 'stderr');

      finish = guarded(() => {
        stdout.end();
        stderr.end();
        const ending = exit ?? { exitCode: null };
        upload?.finish(ending.exitCode === 0);
        if (settle()) resolve({ ...ending, stdout: stdout.text(), stderr: stderr.text() });
      });

      // Each stream ends by itself; the channel's own end may overtake the last of stderr.
      let open = 2;
      const onEnd = () => {
        open -= 1;
        if (open === 0) finish();
      };
      opened.on('close', onEnd);
      opened.stderr.on('close', onEnd);
      opened.on('error', (error: Error) => fail(refusal(target, error)));
      opened.on('exit', (code: number | null, name?: string) => {
        exit =
          code === null
            ? { exitCode: null, exitSignal: (name ?? 'unknown').replace(/^SIG/, '') }
            : { exitCode: code };
        lingering = setTimeout(() => {
          finish();
          opened.close();
        }, afterlife);
      });

      if (stdin === undefined) opened.end();
      else
        upload = startUpload(
          opened,
          session.socket,
          stdin,
          guarded(onProgress ?? (() => undefined)),
        );
    };

    try {
      session.client.exec(command, (error, opened) => {
        if (error) {
          // ssh2 reports the calls that a broken connection leaves behind just before it closes.
          if (!session.socket.destroyed) fail(refusal(target, error));
          return;
        }
        if (settled) {
          if (!session.lost.aborted) stopCommand(opened, taken.resolve);
          return;
        }
        channel = opened;
        follow(opened);
      });
    } catch (error) {
      // The socket has ended, and the session's own end is about to be reported.
      if (!session.lost.aborted) session.socket.destroy();
      else fail(error);
    }
  });

/** Lets the command know, then hangs up; what it still says goes nowhere. */
const stopCommand = (channel: ClientChannel, onTaken: (isTaken: boolean) => void): void => {
  channel.once('close', () => onTaken(true));
  sendSignal(channel, 'TERM');
  channel.on('error', () => undefined).resume();
  channel.stderr.resume();
  channel.close();
};

const refusal = (target: SshTarget, error: Error): SshError =>
  new SshError(
    'session',
    `${nameOf(target)} refused to run a command: ${error.message}`,
    "look for the reason in the node's log (journalctl -u ssh); MaxSessions in sshd_config limits commands at a time",
    { cause: error },
  );
