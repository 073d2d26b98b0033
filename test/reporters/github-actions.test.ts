import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { createAnnotations } from '../../source/reporters/annotations.ts';
import { createGithubActionsLog } from '../../source/reporters/github-actions.ts';
import { createStepSummary } from '../../source/reporters/step-summary.ts';
import { at, sampleRun } from './sample-run.ts';
import { SlowStream } from './slow-stream.ts';

process.env.TZ = 'UTC';

const environment = { GITHUB_ACTIONS: 'true' };

const print = async (
  events: readonly FleetEvent[],
  { verbose = false } = {},
): Promise<string[]> => {
  const stream = new SlowStream();
  const report = createGithubActionsLog(stream, { verbose, environment });
  for (const event of events) report(event);
  await report.flush();
  return stream.lines;
};

const failed = (node: string, reason = 'it does not run'): FleetEvent => ({
  ...{ event: 'phase', time: at(2), node, phase: 'failed', failedPhase: 'verifying' },
  ...{ reason, hint: 'look at its log' },
});

const summary: FleetEvent = {
  ...{ event: 'summary', time: at(9), ready: 0, failed: 1, interrupted: 0, terminated: 0 },
  ...{ elapsedSeconds: 9, apiCalls: 3 },
};

test('the output of a failed node is folded away, and what went wrong is annotated', async () => {
  const lines = await print(sampleRun);
  const begin = lines.indexOf('::group::Output of us-west-2-1');
  assert.deepEqual(lines.slice(begin - 2, begin + 5), [
    '05:13:04 us-west-2-1     failed       in configuring: sensor.service is missing',
    '05:13:04 us-west-2-1     hint         add it to the payload, then: spot-tui push us-west-2-1',
    '::group::Output of us-west-2-1',
    '05:13:04 us-west-2-1     output       installing units',
    '05:13:04 us-west-2-1     output       sensor.service: no such file',
    '::endgroup::',
    '::error title=us-west-2-1 failed in configuring::sensor.service is missing%0Aadd it to the payload, then: spot-tui push us-west-2-1',
  ]);
  assert.deepEqual(
    lines.filter((line) => line.startsWith('::warning')),
    [
      '::warning title=us-west-2-1 is degraded::sensor.service is not active%0Aspot-tui logs us-west-2-1',
      '::warning title=us-west-2-1 is interrupted::EC2 needs the capacity back',
      '::warning title=us-west-2::no capacity for t3.medium in us-west-2a%0Aallow more instance types',
    ],
  );
});

const isCommand = (line: string) => /^\s*::|##\[/.test(line);

test('a node can’t write a command, whatever it says', async () => {
  const evil = ['::set-env name=PATH::/tmp', '  ::stop-commands::x', 'a ##[set-env name=A]b'];
  const events: FleetEvent[] = [
    ...evil.map(
      (message): FleetEvent => ({
        ...{
          event: 'log',
          time: at(1),
          node: '::add-mask::a',
          source: '::add-path::/tmp',
          message,
        },
      }),
    ),
    failed('::add-mask::a', '::error::##[add-path]/tmp\n::set-env name=A::b'),
    { ...{ event: 'notice', time: at(3), level: 'error', message: 'x\r::add-path::/tmp' } },
    summary,
  ];
  for (const verbose of [false, true]) {
    const lines = await print(events, { verbose });
    for (const line of lines) assert.doesNotMatch(line, /\r/);
    assert.deepEqual(
      lines.filter(isCommand).map((line) => line.split('::')[1]?.split(' ')[0]),
      verbose ? ['error', 'error'] : ['group', 'endgroup', 'error', 'error'],
    );
  }
});

test('what GitHub would not show is added up at the end', async () => {
  const stream = new SlowStream();
  const report = createAnnotations(stream);
  for (let n = 1; n <= 12; n += 1) report(failed(`us-west-2-${n}`));
  assert.equal(stream.lines.length, 8);
  report(summary);
  await report.flush();
  assert.equal(stream.lines.length, 9);
  assert.match(
    stream.lines.at(-1) ?? '',
    /^::error title=4 more errors::us-west-2-9 failed in verifying%0Aus-west-2-10 failed/,
  );
});

test('the summary stays the last line', async () => {
  const nodes = Array.from({ length: 12 }, (_, index) => failed(`us-west-2-${index}`));
  const [annotation, ...rest] = (await print([...nodes, summary])).slice(-14 - 2);
  assert.match(annotation ?? '', /^::error title=4 more errors::/);
  assert.match(rest.at(-1) ?? '', / summary /);
});

const summarize = async (
  events: readonly FleetEvent[],
  { before = '' }: { before?: string } = {},
): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-step-'));
  try {
    const file = path.join(folder, 'summary.md');
    await writeFile(file, before);
    const problems: string[] = [];
    const report = createStepSummary({ file, onProblem: (message) => problems.push(message) });
    for (const event of events) report(event);
    await report.flush();
    assert.deepEqual(problems, []);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
};

test('the step summary is a table of all nodes, those with trouble first', async () => {
  const ready: FleetEvent = {
    ...{ event: 'phase', time: at(41), node: 'a-1', region: 'a', phase: 'ready', attempt: 1 },
  };
  const instance = sampleRun.filter(({ event }) => event === 'instance');
  const text = await summarize(
    [...sampleRun.slice(0, 1), ...instance, ready, failed('us-west-2-1', 'a|b\n<img>'), summary],
    { before: 'of others\n' },
  );
  assert.deepEqual(text.split('\n').slice(0, 9), [
    'of others',
    '### spot-tui create: demo',
    '',
    '0 ready, 1 failed, 1 unfinished of 3 after 9 s',
    '',
    '| | Node | Phase | Instance | Type | Zone | Time | Reason |',
    '| --- | --- | --- | --- | --- | --- | ---: | --- |',
    '| ❌ | us-west-2-1 | failed | i-0a1b2c3d4e5f67890 | t3.medium | us-west-2a | 0 s | in verifying\\: a\\|b &lt;img&gt; |',
    '| ⏳ | eu-central-1-1 | pending | i-1 |  | us-west-2 | 0 s | not finished\\: still pending |',
  ]);
  assert.match(text, /^\| ✅ \| a-1 \| ready \|/m);
});

test('a summary that GitHub would refuse is cut, with a note', async () => {
  const events = Array.from({ length: 5_000 }, (_, index) =>
    failed(`us-west-2-${index}`, 'long '.repeat(60)),
  );
  const text = await summarize([...events, summary], { before: 'x'.repeat(10_000) });
  assert.ok(Buffer.byteLength(text) < 1024 * 1024);
  assert.ok(Buffer.byteLength(text) > 900_000);
  assert.match(
    text,
    /\|\n\n\d+ more nodes did not fit in here\.\n\nMore: `spot-tui explain checks`\n\n$/,
  );
});

test('a summary that can’t be written is a problem and no more', async () => {
  const problems: string[] = [];
  const report = createStepSummary({
    file: '/dev/null/summary.md',
    onProblem: (message) => problems.push(message),
  });
  report(summary);
  await report.flush();
  assert.match(problems.join(), /^the step summary could not be written: /);
});
