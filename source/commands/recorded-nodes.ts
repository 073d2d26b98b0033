import type { NodeLogLine } from '../fleet/actions.ts';
import { readRun } from '../reporters/read-run.ts';
import { readRecordedLog } from '../reporters/recorded-log.ts';
import { listRuns, type RecordedRun } from '../reporters/recorded-runs.ts';
import { localTime } from './local-time.ts';

/** What was recorded of the nodes of a deployment. */
export type RecordedNodes = {
  /** What was recorded of a node, by its name, the id of its instance or its address. */
  log(word: string): Promise<{
    readonly lines: readonly NodeLogLine[];
    /** In which runs, in words that continue a sentence. */
    readonly origin: string;
  }>;
  /** Names of the nodes in the newest recordings, sorted. */
  names(): Promise<string[]>;
};

export type RecordedNodesOptions = {
  readonly lines: number;
  /** Only of this systemd unit. */
  readonly unit?: string | undefined;
  readonly signal: AbortSignal;
};

/** Runs that are looked through for the names of nodes. */
const namedRuns = 20;

/** Opens the recordings in a folder. */
export const openRecordedNodes = async (
  folder: string,
  { lines, signal, unit }: RecordedNodesOptions,
): Promise<RecordedNodes> => {
  const runs = await listRuns(folder);
  return {
    log: async (word) => {
      const log = await readRecordedLog(runs, word, {
        limit: lines,
        signal,
        ...(unit === undefined ? {} : { source: unit.replace(/\.service$/, '') }),
      });
      return { lines: log.lines, origin: describeOrigin(log.runs) };
    },
    names: async () => {
      const names = new Set<string>();
      for (const { parts } of runs.slice(0, namedRuns)) {
        for await (const event of readRun(parts, { kinds: ['instance', 'phase'], signal })) {
          if ('node' in event) names.add(event.node);
        }
      }
      return [...names].sort();
    },
  };
};

const describeOrigin = (runs: readonly RecordedRun[]): string => {
  const [newest] = runs;
  if (newest === undefined) return 'in no run';
  const last = `the ${newest.command} of ${localTime(newest.startedAt)}`;
  return runs.length === 1 ? `in ${last}` : `in ${runs.length} runs, last in ${last}`;
};
