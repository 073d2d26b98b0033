import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { describeReadFailure } from '../config/read-failure.ts';
import { emptyFleet } from '../fleet/reducer.ts';
import { junitDocument } from '../reporters/junit.ts';
import type { Invocation } from './command.ts';
import type { DeploymentOptions } from './command-line.ts';
import { completeHint } from './complete-hints.ts';
import { UsageError } from './exit-status.ts';
import { FailFastError } from './fail-fast.ts';
import type { FleetRun } from './fleet-run.ts';

/** The file that `--junit` names. */
export type JunitFile = {
  /** The run that is reported from now on. */
  follow(run: FleetRun): void;
  /** Nodes that exist and that the command is not about. */
  leaveOut(nodes: readonly string[]): void;
  /**
   * Writes the report as things stand; what comes later writes it anew.
   *
   * @param problem What ended the command before its work was done.
   * @throws JunitFileError
   */
  write(problem?: unknown): Promise<void>;
};

/** The report could not be written at the end. */
export class JunitFileError extends Error {
  override readonly name = 'JunitFileError';
  readonly hint = 'What was to be done is done; only the report is missing.';
}

const noFile: JunitFile = {
  follow: () => undefined,
  leaveOut: () => undefined,
  write: () => Promise.resolve(),
};

/**
 * Opens the file that `--junit` names, and says in it that the command never ended: what is there
 * if the process is killed. Without the option nothing is written anywhere.
 *
 * @throws UsageError when the file can't be written.
 */
export const openJunitFile = async (
  { currentFolder, options }: Invocation,
  command: string,
): Promise<JunitFile> => {
  const { junit } = options;
  if (junit === undefined) return noFile;
  const file = path.resolve(currentFolder, junit);
  const startedAt = Date.now();
  let run: FleetRun | undefined;
  let notAsked: readonly string[] = [];

  const write = (problem?: { name: string; message: string }, leftBy?: string): Promise<void> =>
    writeFile(
      file,
      junitDocument({
        state: run?.store.getState() ?? emptyFleet,
        command,
        startedAt,
        now: Date.now(),
        hostname: hostname(),
        notAsked,
        isDismissed: (node) => run?.controller.isDismissed(node) ?? false,
        ...(problem === undefined ? {} : { problem }),
        ...(leftBy === undefined ? {} : { leftBy }),
      }),
    );

  try {
    await mkdir(path.dirname(file), { recursive: true });
    await write({ name: 'Killed', message: 'the command ended before it could report' });
  } catch (error) {
    throw new UsageError(
      `--junit: ${junit} can't be written: ${describeFailure(error)}`,
      'Name a file in a folder that can be written to. Nothing was launched.',
    );
  }
  return {
    follow: (followed) => {
      run = followed;
    },
    leaveOut: (nodes) => {
      notAsked = nodes;
    },
    write: async (problem) => {
      try {
        await write(
          problem === undefined ? undefined : describe(options, problem),
          problem instanceof FailFastError ? '--fail-fast' : undefined,
        );
      } catch (error) {
        throw new JunitFileError(`${junit} can't be written: ${describeFailure(error)}`);
      }
    },
  };
};

const describeFailure = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isRefused = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  return isRefused ? 'you have no permission to write it' : describeReadFailure(error);
};

const describe = (
  options: DeploymentOptions,
  problem: unknown,
): { name: string; message: string } => {
  if (!(problem instanceof Error)) return { name: 'Error', message: String(problem) };
  const hint =
    'hint' in problem && typeof problem.hint === 'string'
      ? `\n${completeHint(options, problem.hint)}`
      : '';
  return { name: problem.name, message: `${problem.message}${hint}` };
};

/**
 * Does the work and reports it, whatever came of it. The report never changes the reason why the
 * work ended: where it can't be written after a failure, that is a warning.
 */
export const reportJunit = async <Result>(
  { stderr }: Pick<Invocation, 'stderr'>,
  file: JunitFile,
  work: () => Promise<Result>,
): Promise<Result> => {
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await file.write(error).catch(({ message }: Error) => {
      stderr.write(`warning: ${message}\n`);
    });
    throw error;
  }
  await file.write();
  return result;
};
