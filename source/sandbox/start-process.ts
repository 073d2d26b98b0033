import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readAddress } from './address-file.ts';
import { pause } from './pause.ts';
import { type ProgramArguments, writeArguments } from './program-arguments.ts';
import { SandboxError } from './sandbox-error.ts';

/** Milliseconds in which the process has to come up. */
const longestStart = 30_000;

/** What the process sees of the caller's environment: nothing secret, nothing about AWS. */
const environmentNames =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA)$/i;

/**
 * Starts the sandbox's process, detached and with nothing of the caller's but its environment's
 * harmless part, and waits until its address is there.
 *
 * @throws SandboxError where it does not come up, with what it said
 */
export const startProcess = async (
  programPath: string,
  programArguments: ProgramArguments,
  signal: AbortSignal,
): Promise<void> => {
  const { folder } = programArguments;
  const logPath = path.join(folder, 'sandbox.log');
  const log = await open(logPath, 'w', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(
      process.execPath,
      [...loaderArguments(programPath), programPath, ...writeArguments(programArguments)],
      {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        // Not the caller's, which somebody may want to remove or unmount.
        cwd: path.parse(folder).root,
        env: environmentFor(process.env),
        windowsHide: true,
      },
    );
  } finally {
    await log.close();
  }
  const failed = new AbortController();
  child.once('error', (error) => failed.abort(error));
  child.once('exit', (code, name) => failed.abort(new Error(`it exited with ${name ?? code}`)));
  try {
    await addressOf(child, folder, AbortSignal.any([signal, failed.signal]));
  } catch (error) {
    child.kill();
    signal.throwIfAborted();
    throw new SandboxError(
      `The sandbox did not start: ${await lastWords(logPath, error)}`,
      `Its log is ${logPath}.`,
      { cause: error },
    );
  } finally {
    child.unref();
  }
};

/** A program that was not built needs the loaders that run the caller as well. */
const loaderArguments = (programPath: string): readonly string[] => {
  if (!programPath.endsWith('.ts')) return [];
  return process.execArgv.flatMap((argument, index, all) => {
    if (/^--(import|require)=/.test(argument)) return [argument];
    return argument === '--import' || argument === '--require'
      ? [argument, all[index + 1] ?? '']
      : [];
  });
};

const environmentFor = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => environmentNames.test(name)));

const addressOf = async (
  child: ChildProcess,
  folder: string,
  signal: AbortSignal,
): Promise<void> => {
  const deadline = Date.now() + longestStart;
  while ((await readAddress(folder))?.pid !== child.pid) {
    if (Date.now() > deadline) throw new Error(`it took more than ${longestStart / 1000} s`);
    await pause(20, signal);
    signal.throwIfAborted();
  }
};

const lastWords = async (logPath: string, error: unknown): Promise<string> => {
  const text = await readFile(logPath, 'utf8');
  const message = text
    .split('\n')
    .map((line) => line.replace(/^\d{4}-\S+Z /, ''))
    .find((line) => /Error|already|missing/.test(line));
  if (message !== undefined) return message;
  return error instanceof Error ? error.message : String(error);
};
