import type { Writable } from 'node:stream';
import type { FleetEvent } from '../events/event.ts';
import { cleanText } from '../ssh/clean-text.ts';
import { choosePaint } from './ci-colour.ts';
import { type CiLine, createNarrator, type NarratorOptions } from './ci-narrator.ts';
import { createLineWriter } from './line-writer.ts';
import type { Reporter } from './reporter.ts';
import { timeOfDay } from './time-of-day.ts';
import { isGithubActions, withoutCommands } from './workflow-command.ts';

export type CiLinesOptions = NarratorOptions & {
  /** Such as `process.env`: NO_COLOR, FORCE_COLOR and TERM decide on colour together with the stream. */
  readonly environment: NodeJS.ProcessEnv;
  /** Hears, once, that the stream can't be written. */
  readonly onProblem?: (message: string) => void;
  /** Adds to what an event's lines say, or puts something around them. */
  readonly frame?: (event: FleetEvent, lines: readonly WrittenLine[]) => readonly WrittenLine[];
};

/** A line as it is printed, without the newline. */
export type WrittenLine = Partial<Pick<CiLine, 'word' | 'expendable'>> & {
  readonly printed: string;
};

/** The widest phase name. */
const wordWidth = 'configuring'.length;

/**
 * Writes events for people who read a log: local time, node, what happened. Every line stands for
 * itself, so that the log of a fleet can be searched for one node. Before the summary comes a table
 * of the nodes that are not ready.
 *
 *     05:12:33 us-west-2-1  booting      i-0a1b2c3d4e5f67890, t3.medium in us-west-2a
 *     05:13:02 us-west-2-1  failed       in configuring: sensor.service is missing
 *     05:13:02 us-west-2-1  hint         add it to the payload, then: spot-tui push us-west-2-1
 */
export const createCiLines = (stream: Writable, options: CiLinesOptions): Reporter => {
  const { environment, frame = (_event, lines) => lines, onProblem } = options;
  const paint = choosePaint(stream, environment);
  const harmless = isGithubActions(environment) ? withoutCommands : (line: string) => line;
  const narrate = createNarrator(options);
  let subjectWidth = 'spot-tui'.length;
  let fleetName = 'spot-tui';
  let now = 0;

  const print = ({ subject: foreign, word, text }: CiLine): string => {
    const subject = cleanText(foreign);
    subjectWidth = Math.max(subjectWidth, subject.length);
    const columns = [subject.padEnd(subjectWidth), paint(word, word.padEnd(wordWidth))];
    return harmless(`${timeOfDay(now)} ${columns.join('  ')}  ${cleanText(text)}`.trimEnd());
  };

  const writer = createLineWriter(stream, {
    onProblem,
    onGap: (count) =>
      print({
        subject: fleetName,
        word: 'warning',
        text: `${count} lines left out: too slow a reader`,
      }),
  });

  const report = (event: FleetEvent): void => {
    now = event.time;
    if (event.event === 'fleet') {
      fleetName = event.deployment;
      const names = event.regions.map((region) => `${region}-${event.nodes}`.length);
      subjectWidth = Math.max(subjectWidth, fleetName.length, ...names);
    }
    const lines = narrate(event).map((line) => ({ ...line, printed: print(line) }));
    for (const { printed, expendable = false } of frame(event, lines)) {
      writer.write(printed, { expendable });
    }
  };

  return Object.assign(report, { flush: writer.flush });
};
