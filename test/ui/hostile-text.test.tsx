import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import stringWidth from 'string-width';
import { fit, printable, truncate, wrap } from '../../source/ui/text.ts';
import { fails, fleetOf, logs, start } from './events.ts';
import { cleanup, show } from './harness.tsx';

afterEach(cleanup);

const hostile: Readonly<Record<string, string>> = {
  'wide characters': '日本語のログ行'.repeat(40),
  'wide characters at an odd offset': `x${'漢'.repeat(200)}`,
  emoji: '🚀🔥✅⚠️❌'.repeat(40),
  'emoji families': '👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈'.repeat(40),
  flags: '🇩🇪🇯🇵🏴󠁧󠁢󠁥󠁮󠁧󠁿'.repeat(40),
  keycaps: '1️⃣2️⃣#️⃣'.repeat(40),
  'combining marks': 'Z̴̧̢̛͎͈̗͓̆͂͐͘a̸̡̛̝̪͙̐l̵̢̙̻̓̚g̶͚̽o̸̰͝'.repeat(60),
  'a mark with nothing to sit on': '\u0301\u0301abc',
  'ten thousand marks on one letter': `a${'\u0301'.repeat(10_000)}`,
  'right to left': 'שלום עולם مرحبا بالعالم '.repeat(20),
  'bidirectional overrides': '\u202Egnol si siht\u202C \u2066isolated\u2069 \u200Fmark',
  tabs: '\ta\tb\t\tc',
  'line breaks': 'one\ntwo\r\nthree\u2028four\u0085five\vsix',
  'control sequences': '\u001B[31mred\u001B[0m\u001B[2J\u001B]0;title\u0007\u009B5A\u0000\u0008',
  'zero-width characters': 'a\u200Bb\uFEFFc\u2060d\u00ADe',
  'lone surrogates': 'a\uD83Db\uDE80c',
  'Hangul jamo': '\u1100\u1161\u11A8\u1100\u1100'.repeat(40),
  'spacing marks': 'நிலை கொள்கை ক্ষেত্র'.repeat(20),
  'half-width kana': 'ｶﾞｷﾞ'.repeat(60),
  'ASCII of 100 kB': 'x'.repeat(100_000),
  'wide text of 100 kB': '漢字'.repeat(50_000),
  nothing: '',
  blanks: ' '.repeat(500),
};

const messages = Object.entries(hostile);
const nodeOf = (index: number) => `us-west-2-${index + 1}`;

for (const size of [
  { columns: 80, rows: 60 },
  { columns: 200, rows: 60 },
]) {
  test(`hostile logs and notices shift nothing at ${size.columns} columns`, async () => {
    const nodes = fleetOf(messages.length, 'booting');
    const plain = await show(nodes, size);
    const expected = plain.lines();
    const { lines, width, press } = await show(
      [
        ...nodes,
        ...messages.map(([, message], index) => logs(nodeOf(index), message, message.slice(0, 30))),
        ...messages.map(
          ([, message]) =>
            ({ event: 'notice', time: start, level: 'warning', message, hint: message }) as const,
        ),
      ],
      size,
    );
    assert.equal(lines().length, size.rows);
    assert.ok(width() <= size.columns, `${width()} columns`);
    const end = (expected[3] ?? '').indexOf('LAST LOG');
    for (const [index, [name]] of messages.entries()) {
      const before = (row: string | undefined) => row?.slice(0, end).trimEnd();
      assert.equal(before(lines()[4 + index]), before(expected[4 + index]), name);
    }
    await press('n');
    assert.ok(width() <= size.columns, 'in the notices');
  });

  test(`hostile logs, reasons and hints stay in the pane at ${size.columns} columns`, async () => {
    const { width, lines, press, screen } = await show(
      messages.flatMap(([, message], index) => [
        logs(nodeOf(index), message, message.slice(0, 30)),
        fails(nodeOf(index), message, message),
      ]),
      size,
    );
    for (const [index, [name]] of messages.entries()) {
      assert.match(screen(), new RegExp(`── ${nodeOf(index)} `));
      assert.ok(width() <= size.columns, name);
      assert.equal(lines().length, size.rows, name);
      await press('j');
    }
  });
}

test('characters at random never make a line wider than the window', async () => {
  let seed = 7;
  const random = (limit: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * limit);
  };
  const blocks = [0x20, 0x300, 0x590, 0x900, 0xe00, 0x1100, 0x2000, 0x20d0, 0x3000, 0xac00, 0xfe00];
  const character = () =>
    String.fromCodePoint(
      random(4) === 0
        ? 0x1f000 + random(0xaff)
        : (blocks[random(blocks.length)] ?? 0) + random(128),
    );
  for (let round = 0; round < 5; round++) {
    const texts = Array.from({ length: 40 }, () => Array.from({ length: 120 }, character).join(''));
    const { lines } = await show(
      texts.map((text, index) =>
        index % 2 === 0 ? logs(nodeOf(index), text) : fails(nodeOf(index), text, text),
      ),
      { columns: 80, rows: 60 },
    );
    for (const line of lines()) assert.ok(stringWidth(line) <= 80, JSON.stringify(line));
  }
});

test('a line of 100 kB costs little, whatever it is made of', () => {
  const long = Object.values(hostile).filter((text) => text.length >= 100_000);
  // Not the time that passes: the machine may have other things to do.
  const before = process.cpuUsage();
  for (let round = 0; round < 40; round++) for (const text of long) fit(text + round, 40, '…');
  const { system, user } = process.cpuUsage(before);
  // 80 cells. Measuring the whole lines would take several seconds.
  assert.ok(system + user < 500_000, `${system + user} µs`);
});

describe('text', () => {
  test('is cut by columns and filled up to them', () => {
    assert.equal(fit('abcdef', 4, '…'), 'abc…');
    assert.equal(fit('ab', 4, '…'), 'ab  ');
    assert.equal(fit('ab', 4, '…', 'right'), '  ab');
    assert.equal(fit('漢字漢字', 5, '…'), '漢字…');
    assert.equal(fit('漢字漢字', 6, '…'), '漢字… ');
    assert.equal(fit('abc', 0, '…'), '');
    assert.equal(truncate('us-west-2-10', 7, '…', 'middle'), 'us-…-10');
    for (const text of Object.values(hostile)) {
      for (const width of [0, 1, 2, 17]) assert.equal(stringWidth(fit(text, width, '…')), width);
    }
  });

  test('is one line without anything that moves its neighbours', () => {
    assert.equal(printable('a\tb\r\nc'), 'a b c');
    assert.equal(printable('\u202Eabc\u200D\uFE0F'), 'abc');
    assert.equal(printable('\u001B[31mred'), '[31mred');
    assert.equal(printable('\u1112\u1161\u11AB a\u0301\u1100'), '한 á');
  });

  test('wraps into a few lines, of which the last tells that there is more', () => {
    assert.deepEqual(wrap('one two three', 5, 9, '…'), ['one', 'two', 'three']);
    assert.deepEqual(wrap('one two three four', 5, 2, '…'), ['one', 'two …']);
    assert.deepEqual(wrap('abcdefgh', 3, 9, '…'), ['abc', 'def', 'gh']);
    assert.deepEqual(wrap('abc', 0, 3, '…'), []);
  });
});
