import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEventLine } from '../../source/reporters/event-line.ts';
import { parseEventLine } from '../../source/reporters/parse-event.ts';
import { sampleRun } from './sample-run.ts';

test('what was written is read back exactly', () => {
  for (const event of sampleRun) {
    assert.deepEqual(parseEventLine(formatEventLine(event)), { event });
  }
});

test('fields of later versions are passed over', () => {
  for (const event of sampleRun) {
    const line = JSON.stringify({ ...JSON.parse(formatEventLine(event)), addedLater: 1 });
    assert.deepEqual(parseEventLine(line), { event });
  }
});

test('a topic of a later version leads to the first steps, and none is none', () => {
  const failed = {
    ...{ time: '2026-11-24T05:12:33Z', event: 'phase', node: 'a-1', phase: 'failed' },
    ...{ failedPhase: 'verifying', reason: 'why', hint: 'do' },
  };
  const topicOf = (fields: object) => {
    const parsed = parseEventLine(JSON.stringify({ ...failed, ...fields }));
    assert.ok('event' in parsed, JSON.stringify(parsed));
    return 'topic' in parsed.event ? parsed.event.topic : 'none';
  };
  assert.equal(topicOf({ topic: 'services' }), 'services');
  assert.equal(topicOf({ topic: 'weather' }), 'start');
  assert.equal(topicOf({}), 'none');
});

test('a time with another offset is the same moment', () => {
  const parsed = parseEventLine(
    '{"time":"2026-11-24T07:12:33+02:00","event":"notice","level":"info","message":"hello"}',
  );
  assert.deepEqual(parsed, {
    event: {
      time: Date.UTC(2026, 10, 24, 5, 12, 33),
      event: 'notice',
      level: 'info',
      message: 'hello',
    },
  });
});

const broken: Array<[line: string, problem: RegExp]> = [
  ['', /^no JSON: /],
  ['{"time":', /^no JSON: /],
  ['null', /^event: /],
  ['[]', /^event: /],
  ['{"time":"2026-11-24T05:12:33Z","event":"party"}', /^event: /],
  ['{"time":"soon","event":"notice","level":"info","message":"x"}', /^time: /],
  ['{"time":"2026-11-24T05:12:33Z","event":"phase","node":"a","phase":"x"}', /^phase: /],
  [
    '{"time":"2026-11-24T05:12:33Z","event":"phase","node":"a","region":"b","phase":"ready"}',
    /^attempt: /,
  ],
];

for (const [line, problem] of broken) {
  test(`says why it is no event: ${line}`, () => {
    const parsed = parseEventLine(line);
    assert('problem' in parsed);
    assert.match(parsed.problem, problem);
  });
}

test('a recording can’t take over the terminal it is played on', () => {
  const parsed = parseEventLine(
    JSON.stringify({
      time: '2026-11-24T05:12:33Z',
      event: 'phase',
      node: 'us-\u001b[2Jwest-2-1',
      phase: 'failed',
      failedPhase: 'configuring',
      reason: 'a\u001b]0;title\u0007b',
      hint: 'c\u009b1md',
      output: ['e\u001b[31mf\nsecond line'],
    }),
  );
  assert('event' in parsed);
  assert.doesNotMatch(Object.values(parsed.event).flat().join(''), /[\u0000-\u001f\u007f-\u009f]/);
});
