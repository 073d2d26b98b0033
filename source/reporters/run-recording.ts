import path from 'node:path';
import type { Emit, SummaryEvent } from '../events/event.ts';
import type { HistoryEntry } from '../fleet/history-entry.ts';
import type { LogLine } from '../fleet/state.ts';
import { createEventRecorder } from './event-recorder.ts';
import { fleetHistory } from './fleet-history.ts';
import { readNodeLog } from './recorded-log.ts';
import { runOfFile } from './recorded-runs.ts';
import { parseRecordingFile } from './recording-file.ts';
import { tidyRuns } from './tidy-runs.ts';

export type RunRecordingOptions = {
  /** Absolute path of the folder of the deployment's recordings. */
  readonly folder: string;
  /** Absolute path of the recording's first file, in that folder. */
  readonly file: string;
  /** Hears what can't be recorded or tidied up. Harms nothing else. */
  readonly onProblem: (message: string) => void;
};

/** The recording of the run that this process makes, which can be read while it grows. */
export type RunRecording = {
  readonly file: string;
  readonly record: Emit;
  /** The newest lines of a node's log from this run, oldest first. */
  readonly readLog: (node: string) => Promise<readonly LogLine[]>;
  /** What happened to the deployment in all runs, this one included. */
  readonly readHistory: () => Promise<readonly HistoryEntry[]>;
  /** Resolves once everything so far can be read, or `onProblem` heard why not. */
  readonly flush: () => Promise<void>;
  /**
   * Ends the recording.
   *
   * @param summary Recorded as the last event unless the run had a summary, or had no events.
   */
  readonly close: (summary: SummaryEvent) => Promise<void>;
};

/** Lines of a node's log that are read back at most. */
const logLimit = 10_000;

/** Begins to record a run, and makes room for it among the recordings of earlier ones. */
export const startRecording = ({ file, folder, onProblem }: RunRecordingOptions): RunRecording => {
  const ended = new AbortController();
  const recorder = createEventRecorder({ file, onProblem });
  let hasEvents = false;
  let isSummarized = false;
  const tidying = tidyRuns(folder, {
    currentId: parseRecordingFile(file)?.id ?? path.basename(file),
    signal: ended.signal,
  }).catch((error: Error) => {
    onProblem(`old recordings can't be tidied up: ${error.message}`);
  });
  const record: Emit = (event) => {
    hasEvents = true;
    isSummarized ||= event.event === 'summary';
    recorder.record(event);
  };
  return {
    file,
    record,
    flush: recorder.flush,
    readLog: async (node) => {
      await recorder.flush();
      return readNodeLog((await runOfFile(file))?.parts ?? [], node, logLimit);
    },
    readHistory: async () => {
      await recorder.flush();
      return fleetHistory(folder, { signal: ended.signal });
    },
    close: async (summary) => {
      ended.abort();
      if (hasEvents && !isSummarized) record(summary);
      await Promise.all([recorder.close(), tidying]);
    },
  };
};
