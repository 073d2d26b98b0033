import { type EventOfRun, historyKinds, historyOf, isNotable } from '../fleet/history.ts';
import type { HistoryEntry } from '../fleet/history-entry.ts';
import { readRun } from './read-run.ts';
import { listRuns } from './recorded-runs.ts';

export type FleetHistoryOptions = {
  /** Entries at most: the newest. Default: 1,000. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
};

const defaultLimit = 1_000;

/** Notable events that are held for one entry of the past: several of them make one. */
const eventsPerEntry = 20;

/**
 * What happened to a deployment, over all recorded runs, oldest first. Reads the newest runs first
 * and stops where there is enough; holds notable events only, and no more than the limit asks for.
 *
 * @param folder The deployment's recordings.
 * @throws RecordingError, what `readdir` throws, and the signal's reason.
 */
export const fleetHistory = async (
  folder: string,
  { limit = defaultLimit, signal }: FleetHistoryOptions = {},
): Promise<HistoryEntry[]> => {
  const enough = limit * eventsPerEntry;
  let events: EventOfRun[] = [];
  for (const run of await listRuns(folder)) {
    const own: EventOfRun[] = [];
    for await (const event of readRun(run.parts, {
      kinds: historyKinds,
      ...(signal === undefined ? {} : { signal }),
    })) {
      if (!isNotable(event)) continue;
      own.push({ run: run.id, event });
      if (own.length >= 2 * enough) own.splice(0, enough);
    }
    events = [...own, ...events];
    if (events.length >= enough) break;
  }
  const inOrder = events.sort((a, b) => a.event.time - b.event.time).slice(-enough);
  return historyOf(inOrder).slice(-limit);
};
