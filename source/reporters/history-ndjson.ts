import type { SummaryEvent } from '../events/event.ts';
import type { HistoryEntry } from '../fleet/history-entry.ts';
import type { RecordedRun } from './recorded-runs.ts';
import type { RunOverview } from './run-overview.ts';
import { withoutCommandsInJson } from './workflow-command.ts';

/**
 * An entry of a fleet's past as one line of compact JSON, without the newline, laid out as events
 * are. Described by `templates/history.schema.json`.
 */
export const formatHistoryEntry = (entry: HistoryEntry): string => {
  const { event, time, ...details } = entry;
  const json = JSON.stringify({
    time: isoTime(time),
    event,
    ...('node' in details ? { node: details.node } : {}),
    ...details,
    ...('summary' in details && details.summary !== undefined
      ? { summary: countsOf(details.summary) }
      : {}),
    ...('after' in details ? { after: undefined, afterSeconds: details.after / 1000 } : {}),
  });
  return withoutCommandsInJson(json);
};

/** A recorded run in the same form. */
export const formatRun = (
  { command, id, parts, startedAt }: RecordedRun,
  { by, lastEventAt, nodes, state, summary }: RunOverview,
): string =>
  JSON.stringify({
    time: isoTime(startedAt),
    event: 'run',
    run: id,
    command,
    by,
    nodes,
    state,
    endedAt: state === 'ongoing' || lastEventAt === undefined ? undefined : isoTime(lastEventAt),
    summary: summary === undefined ? undefined : countsOf(summary),
    files: parts.map(({ file }) => file),
  });

const countsOf = ({ failed, interrupted, ready, replaced, terminated }: SummaryEvent) => ({
  ready,
  failed,
  interrupted,
  terminated,
  replaced,
});

const isoTime = (time: number): string => new Date(time).toISOString();
