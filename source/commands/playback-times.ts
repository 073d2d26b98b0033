import type { FleetEvent } from '../events/event.ts';

/**
 * The moment at which each event of a recording is shown: never before that of the event before it.
 * Lines of a log have the time of the node's own clock, which may be wrong, and may be older than
 * the run: they are shown between the events around them.
 */
export const playbackTimes = (events: readonly FleetEvent[]): Float64Array => {
  const times = new Float64Array(events.length);
  let latest = Number.NEGATIVE_INFINITY;
  for (const [index, { event, time }] of events.entries()) {
    if (event !== 'log') latest = Math.max(latest, time);
    times[index] = latest;
  }
  let ceiling = Number.POSITIVE_INFINITY;
  for (let index = events.length - 1; index >= 0; index -= 1) {
    if (events[index]?.event === 'log') times[index] = ceiling;
    else ceiling = times[index] ?? ceiling;
  }
  let floor = events.find(({ event }) => event !== 'log')?.time ?? Number.NEGATIVE_INFINITY;
  for (const [index, { event, time }] of events.entries()) {
    const limit = times[index] ?? floor;
    floor = event === 'log' ? Math.max(floor, Math.min(time, limit)) : limit;
    times[index] = floor;
  }
  return times;
};
