import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FleetEvent } from '../../source/events/event.ts';
import {
  createEventRecorder,
  type RecordingLimits,
  recordingLimits,
} from '../../source/reporters/event-recorder.ts';
import { listRuns, type RecordedRun } from '../../source/reporters/recorded-runs.ts';
import { at } from './sample-run.ts';

/** A process id that no process can have: Linux has at most 2^22. */
export const endedProcess = 99_999_999;

/** A folder of recordings that is gone after the test. */
export class Recordings {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Recordings> {
    return new Recordings(await mkdtemp(path.join(tmpdir(), 'spot-tui-runs-')));
  }

  /** The file of a run that began so many seconds after the sample run. */
  file(seconds: number, command = 'create', processId = endedProcess): string {
    const time = new Date(at(seconds)).toISOString().replaceAll(':', '-');
    return path.join(this.folder, `${time}-${command}-${processId}.ndjson`);
  }

  /** Records a run as the program does. */
  async record(
    file: string,
    events: readonly FleetEvent[],
    limits: RecordingLimits = recordingLimits,
  ): Promise<RecordedRun> {
    const problems: string[] = [];
    const recorder = createEventRecorder({
      file,
      limits,
      onProblem: (problem) => problems.push(problem),
    });
    for (const event of events) recorder.record(event);
    await recorder.close();
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return this.run(path.basename(file, '.ndjson'));
  }

  async run(id: string): Promise<RecordedRun> {
    const run = (await listRuns(this.folder)).find((each) => each.id === id);
    if (run === undefined) throw new Error(`no run ${id}`);
    return run;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** A line in the log of a node. */
export const logLine = (number: number, node = 'us-west-2-1'): FleetEvent => ({
  event: 'log',
  time: at(300 + number),
  node,
  source: 'sensor',
  message: `line ${number}`,
});

export const collect = async <Value>(values: AsyncIterable<Value>): Promise<Value[]> => {
  const collected: Value[] = [];
  for await (const value of values) collected.push(value);
  return collected;
};
