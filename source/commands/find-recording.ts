import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '../config/issue.ts';
import { describeReadFailure } from '../config/read-failure.ts';
import { stateFolders } from '../config/state-folders.ts';
import {
  listRuns,
  type RecordedPart,
  type RecordedRun,
  runOfFile,
} from '../reporters/recorded-runs.ts';
import type { Invocation } from './command.ts';
import { findRecordedDeployment } from './deployment.ts';
import { UsageError } from './exit-status.ts';
import { localTime } from './local-time.ts';

/** A recording that the command line means. */
export type FoundRecording = {
  /** As people call it. */
  readonly name: string;
  readonly parts: readonly RecordedPart[];
};

/** Runs that are listed where none is the one that was meant. */
const listed = 12;

/**
 * Finds the recording that is meant: a file, a run of the deployment by its number (1 is the
 * newest), by its name or the beginning or end of it; without a word the newest run.
 *
 * @throws UsageError that says what there is, or ConfigError.
 */
export const findRecording = async (
  invocation: Invocation,
  signal: AbortSignal,
): Promise<FoundRecording> => {
  const [word] = invocation.words;
  if (word === undefined) {
    const [newest] = await deploymentRuns(invocation, signal);
    if (newest !== undefined) return { name: newest.id, parts: newest.parts };
    throw new UsageError(
      'nothing is recorded of this deployment on this machine',
      'Name a file of events, as `create` records it or `--json` prints it.',
    );
  }
  const file = path.resolve(invocation.currentFolder, word);
  const failure = await whyNoFile(file);
  // With all its parts, compressed meanwhile or not.
  const run = await runOfFile(file);
  if (run !== undefined) return { name: word, parts: run.parts };
  if (failure === undefined) {
    return { name: word, parts: [{ number: 1, file, isCompressed: file.endsWith('.gz') }] };
  }
  if (!looksLikeFile.test(word)) {
    const runs = await deploymentRuns(invocation, signal).catch((error: unknown) => {
      // Then it was not meant for a run's name.
      if (error instanceof ConfigError) return [];
      throw error;
    });
    const found = pick(runs, word);
    if (found !== undefined) return { name: found.id, parts: found.parts };
    if (runs.length > 0) throw unknownRun(runs, word);
  }
  throw new UsageError(
    `${word} can't be read: ${failure}`,
    'Name a file of events, as `create` records it or `--json` prints it.',
  );
};

const looksLikeFile = /[/\\]|\.(?:ndjson|jsonl?|gz|log|txt)$|^\.+$/;

const deploymentRuns = async (
  invocation: Invocation,
  signal: AbortSignal,
): Promise<RecordedRun[]> => {
  const recorded = await findRecordedDeployment(invocation, signal);
  return listRuns(stateFolders(invocation.environment).runs(recorded));
};

const whyNoFile = async (file: string): Promise<string | undefined> => {
  try {
    return (await stat(file)).isDirectory() ? 'it is a folder' : undefined;
  } catch (error) {
    return describeReadFailure(error);
  }
};

/** Undefined where several fit. */
const pick = (runs: readonly RecordedRun[], word: string): RecordedRun | undefined => {
  if (/^\d{1,3}$/.test(word)) return runs[Number(word) - 1];
  const fitting = runs.filter(
    ({ id }) => id === word || id.startsWith(word) || id.endsWith(`-${word}`),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
};

const unknownRun = (runs: readonly RecordedRun[], word: string): UsageError => {
  const names = runs
    .slice(0, listed)
    .map(({ command, startedAt }, index) => `${index + 1} (${command}, ${localTime(startedAt)})`);
  return new UsageError(
    `${word} is no recorded run, or not only one`,
    `There are: ${names.join(', ')}${runs.length > listed ? ', …' : ''}. \`spot-tui history --runs\` names all.`,
  );
};
