import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastCheck from 'fast-check';
import type { FleetEvent } from '../../source/events/event.ts';
import { emptyFleet, reduceAll } from '../../source/fleet/reducer.ts';
import { createCiLines } from '../../source/reporters/ci-lines.ts';
import { formatEventLine } from '../../source/reporters/event-line.ts';
import { junitDocument } from '../../source/reporters/junit.ts';
import { parseEventLine } from '../../source/reporters/parse-event.ts';
import { parseXml } from './parse-xml.ts';
import { at, sampleRun } from './sample-run.ts';
import { SlowStream } from './slow-stream.ts';

const lines = sampleRun.map((event) => formatEventLine(event));

/** A value that a file may have in place of another one. */
const strangeValue = fastCheck.oneof(
  fastCheck.constantFrom(null, true, -1, 0, 1e308, '', 'ready', [], {}, '\u001b[2J', '\u009b31m'),
  fastCheck.string({ unit: 'binary' }),
  fastCheck.jsonValue({ maxDepth: 2 }),
);

/** A line of a recording, damaged: cut, with another value, without a key, or no line at all. */
const damagedLine = fastCheck
  .record({
    line: fastCheck.constantFrom(...lines),
    kind: fastCheck.constantFrom('whole', 'cut', 'other value', 'no key', 'other text'),
    at: fastCheck.double({ min: 0, max: 0.999, noNaN: true }),
    value: strangeValue,
    text: fastCheck.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n]/g, ' ')),
  })
  .map(({ line, kind, at: where, value, text }): string => {
    const fields = Object.entries<unknown>(JSON.parse(line));
    const chosen = Math.floor(where * fields.length);
    switch (kind) {
      case 'cut':
        return line.slice(0, Math.floor(where * line.length));
      case 'other value':
        return JSON.stringify(
          Object.fromEntries(
            fields.map(([key, own], index) => [key, index === chosen ? value : own]),
          ),
        );
      case 'no key':
        return JSON.stringify(Object.fromEntries(fields.toSpliced(chosen, 1)));
      case 'other text':
        return text;
      default:
        return line;
    }
  });

/** What acts on a terminal; a line's end is written by the reporter itself. */
const control = /\p{Cc}/u;

test('whatever a recording has in it, it can be played: by all views, none with control sequences', async () => {
  await fastCheck.assert(
    fastCheck.asyncProperty(
      fastCheck.array(damagedLine, { minLength: 1, maxLength: 40 }),
      async (recording) => {
        const events = recording.flatMap((line): FleetEvent[] => {
          const parsed = parseEventLine(line);
          if ('event' in parsed) return [parsed.event];
          assert.doesNotMatch(parsed.problem, control);
          return [];
        });
        const state = reduceAll(emptyFleet, events);
        const stream = new SlowStream();
        const report = createCiLines(stream, { verbose: true, environment: {} });
        for (const event of events) report(event);
        await report.flush();
        for (const line of stream.lines) assert.doesNotMatch(line, control);
        parseXml(
          junitDocument({
            ...{ state, command: 'create', hostname: 'ci', startedAt: at(0), now: at(60) },
            ...{ notAsked: [], isDismissed: () => false },
          }),
        );
        // What was understood is written as it was read.
        for (const event of events) {
          const again = parseEventLine(formatEventLine(event));
          assert.ok('event' in again, formatEventLine(event));
          assert.deepEqual(again.event, event);
        }
      },
    ),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 300), seed: Number(process.env.FUZZ_SEED ?? 1) },
  );
});
