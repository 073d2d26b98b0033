import type { FleetEvent } from '../events/event.ts';

/** Events that are held at most, unless there are more of those that are not of a log. */
const defaultLimit = 500_000;

export type LoadedRecording = {
  readonly events: readonly FleetEvent[];
  /** Lines of logs that were left out because there were too many. */
  readonly leftOut: number;
};

/**
 * Holds a recording in memory, to go to and fro in it. Where it is too long the oldest lines of logs
 * and steps of progress are left out, and nothing else: what became of the nodes is all there.
 */
export const loadRecording = async (
  recorded: AsyncIterable<FleetEvent>,
  limit = defaultLimit,
): Promise<LoadedRecording> => {
  let events: FleetEvent[] = [];
  let leftOut = 0;
  let full = limit;
  for await (const event of recorded) {
    events.push(event);
    if (events.length < full) continue;
    const half = Math.floor(events.length / 2);
    const thinned = events.filter(
      ({ event: kind }, index) => index >= half || (kind !== 'log' && kind !== 'progress'),
    );
    leftOut += events.length - thinned.length;
    events = thinned;
    // Where little could be left out, looking again soon would not change that.
    full = Math.max(limit, Math.ceil(events.length * 1.5));
  }
  return { events, leftOut };
};
