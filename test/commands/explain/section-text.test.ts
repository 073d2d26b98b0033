import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sectionText } from '../../../source/commands/explain/section-text.ts';
import { isTopic, topics } from '../../../source/events/topic.ts';

const programFolder = fileURLToPath(new URL('../../../dist/', import.meta.url));
const names = Object.keys(topics).filter(isTopic);

/** A terminal of some columns, as `process.stdout` is one. */
const terminal = (columns: number) =>
  Object.assign(new PassThrough(), { columns, isTTY: true, hasColors: () => true });

/** Lines that must be too long: code is not wrapped, nor is a path. */
const tooLong = (text: string, width: number): readonly string[] =>
  text.split('\n').filter((line) => line.length > width && !/^ {4}| \//.test(line));

test('every section is plain text of 80 columns where no terminal is', async () => {
  for (const topic of names) {
    const stream = new PassThrough();
    const text = await sectionText(topic, { environment: {}, programFolder, stream });
    assert.ok(text.startsWith(`${topics[topic]}\n\n`), topic);
    assert.ok(text.length > topics[topic].length + 100, topic);
    assert.doesNotMatch(text, /\u001B|\u00A0|\*\*|\]\(|^#|^\||\n{3}|undefined/m, topic);
    assert.deepEqual(tooLong(text, 80), [], topic);
  }
});

test('every section has colour in a terminal, and fits it from 45 columns on', async () => {
  for (const columns of [45, 66, 100, 200]) {
    for (const topic of names) {
      const stream = terminal(columns);
      const text = await sectionText(topic, { environment: {}, programFolder, stream });
      assert.ok(text.startsWith(`\u001B[1m${topics[topic]}\u001B[22m\n\n`), topic);
      const visible = text.replaceAll(/\u001B\[\d+m/g, '');
      assert.doesNotMatch(visible, /[\u001B\u00A0`]|undefined/, topic);
      assert.deepEqual(tooLong(visible, Math.min(columns, 100)), [], `${topic} at ${columns}`);
    }
  }
});

test('a terminal has no colour with NO_COLOR', async () => {
  const [environment, stream] = [{ NO_COLOR: '1' }, terminal(80)];
  const text = await sectionText('ssh', { environment, programFolder, stream });
  assert.doesNotMatch(text, /\u001B/);
  assert.match(text, /^WHY It is still booting/m);
});
