import type { FleetEvent } from '../events/event.ts';
import { withoutCommandsInJson } from './workflow-command.ts';

/**
 * An event as one line of compact JSON, without the newline: `time` first, then `event`, `node` and
 * the rest. Points in time are ISO 8601 in UTC, with milliseconds. Described by
 * `templates/events.schema.json`.
 */
export const formatEventLine = (event: FleetEvent): string => {
  const { time, event: type, ...details } = event;
  const json = JSON.stringify({
    time: isoTime(time),
    event: type,
    ...('node' in details ? { node: details.node } : {}),
    ...details,
    ...('deadline' in details && details.deadline !== undefined
      ? { deadline: isoTime(details.deadline) }
      : {}),
    ...('launchedAt' in details && details.launchedAt !== undefined
      ? { launchedAt: isoTime(details.launchedAt) }
      : {}),
    ...('expiresAt' in details && details.expiresAt !== undefined
      ? { expiresAt: isoTime(details.expiresAt) }
      : {}),
    ...('rebalanceSince' in details && details.rebalanceSince !== undefined
      ? { rebalanceSince: isoTime(details.rebalanceSince) }
      : {}),
  });
  // Wherever it is printed, now or later: whoever reads JSON sees no difference.
  return withoutCommandsInJson(json);
};

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
