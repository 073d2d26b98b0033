import type { Writable } from 'node:stream';
import type { FleetEvent } from '../events/event.ts';
import { formatEventLine } from './event-line.ts';
import { createLineWriter } from './line-writer.ts';
import type { Reporter } from './reporter.ts';

export type NdjsonOptions = {
  /** Hears, once, that the stream can't be written. */
  readonly onProblem?: (message: string) => void;
};

/**
 * Writes every event as a line of JSON. A reader that can't keep up gets the newest progress only;
 * one that is 16 MB behind misses log lines, and a notice says how many.
 */
export const createNdjsonReporter = (stream: Writable, options: NdjsonOptions = {}): Reporter => {
  let now = 0;
  const writer = createLineWriter(stream, {
    onProblem: options.onProblem,
    onGap: (lines) =>
      formatEventLine({
        event: 'notice',
        time: now,
        level: 'warning',
        message: `${lines} log lines were left out because the reader was too slow`,
      }),
  });

  const report = (event: FleetEvent): void => {
    now = event.time;
    const line = formatEventLine(event);
    switch (event.event) {
      case 'progress':
        writer.write(line, { expendable: true, replaces: `${event.node} ${event.phase}` });
        return;
      case 'log':
        writer.write(line, { expendable: true });
        return;
      default:
        writer.write(line);
    }
  };
  return Object.assign(report, { flush: writer.flush });
};
