import type { FleetEvent } from '../events/event.ts';
import { type ParsedLine, parseEventLine } from './parse-event.ts';
import { parsePartHeader } from './part-header.ts';
import { readPart } from './read-part.ts';
import type { RecordedPart } from './recorded-runs.ts';

export type ReadRunOptions = {
  readonly signal?: AbortSignal;
  /** Kinds of events that are wanted; reading is much faster where the others need not be parsed. */
  readonly kinds?: readonly FleetEvent['event'][];
  /** Hears of each line that is no event of this version's. A last line that was cut is none. */
  readonly onSkipped?: (line: Extract<ParsedLine, { problem: string }>) => void;
};

/**
 * The events of a run, from all parts of its recording, in the order in which they were recorded.
 * Where parts are missing a notice stands in their place, and what the next part carries over of
 * them follows.
 *
 * @throws RecordingError where a file is there and can't be read; the signal's reason.
 */
export async function* readRun(
  parts: readonly RecordedPart[],
  { kinds, onSkipped, signal }: ReadRunOptions = {},
): AsyncGenerator<FleetEvent> {
  const isWanted = kinds === undefined ? () => true : kindFilter(kinds);
  let lastPart = 0;
  let lastTime = 0;

  for (const part of parts) {
    /** Lines that repeat what was in earlier parts. */
    let carried = 0;
    // They are in the order of the nodes, not of their times.
    const knownUntil = lastTime;
    let isFirstLine = true;
    for await (const { isCut, lines } of readPart(part, signal)) {
      for (const line of lines) {
        if (isFirstLine) {
          isFirstLine = false;
          const header = parsePartHeader(line);
          if (header !== undefined) {
            carried = header.carried;
            if (header.part !== lastPart + 1 && (kinds?.includes('notice') ?? true)) {
              yield gapNotice(header.time, header.part - lastPart - 1);
            }
            lastPart = header.part;
            continue;
          }
          lastPart = part.number;
        }
        const isCarried = carried > 0;
        carried -= isCarried ? 1 : 0;
        if (line.trim() === '' || !isWanted(line)) continue;
        const parsed = parseEventLine(line);
        if (!('event' in parsed)) {
          if (!(isCut && parsed.isBroken)) onSkipped?.(parsed);
          continue;
        }
        const { event } = parsed;
        if (isCarried && event.time <= knownUntil) continue;
        // Lines of a log have the time of the node's own clock.
        if (event.event !== 'log') lastTime = Math.max(lastTime, event.time);
        yield event;
      }
    }
  }
}

const gapNotice = (time: number, parts: number): FleetEvent => ({
  event: 'notice',
  time,
  level: 'warning',
  message: `the recording leaves out what happened here: it was too long (${parts} ${parts === 1 ? 'part' : 'parts'} removed)`,
});

/** Looks at how a recorder begins its lines; what begins otherwise is parsed to find out. */
const kindFilter = (kinds: readonly string[]) => {
  const wanted = new Set(kinds);
  return (line: string): boolean => {
    const kind = kindPattern.exec(line)?.[1];
    return kind === undefined || wanted.has(kind);
  };
};

const kindPattern = /^\{"time":"[^"]*","event":"([a-z-]+)"/;
