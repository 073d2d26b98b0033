import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import stringWidth from 'string-width';
import { breakRows, sliceColumns, textOf } from '../../source/ui/log-screen/log-text.ts';
import { cleanup, keyboard, show } from './harness.tsx';
import { hostileTexts, line, openLog } from './log-samples.ts';

afterEach(cleanup);

const texts = Object.entries(hostileTexts);

/** The same characters at random whenever the tests run. */
const createRandom = (seed: number) => {
  let state = seed;
  const random = (limit: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * limit);
  };
  const blocks = [
    0x0, 0x20, 0x80, 0x300, 0x590, 0x900, 0xe00, 0x1100, 0x2000, 0x20d0, 0x3000, 0xac00, 0xd800,
    0xfe00, 0xff00,
  ];
  const character = () =>
    String.fromCodePoint(
      random(4) === 0
        ? 0x1f000 + random(0xaff)
        : (blocks[random(blocks.length)] ?? 0) + random(128),
    );
  return { random, text: (length: number) => Array.from({ length }, character).join('') };
};

for (const size of [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
]) {
  for (const isWrapped of [false, true]) {
    test(`hostile lines stay in ${size.columns} columns${isWrapped ? ', wrapped' : ''}`, async () => {
      const shown = await show([], size);
      const { push } = await openLog(shown, [], { isWrapped });
      for (const [name, text] of texts) {
        push(
          line(text, { source: text.slice(0, 40), node: text.slice(0, 40) }),
          line(`after ${name}`),
        );
        await shown.until(`after ${name}`.slice(0, 20));
        assert.equal(shown.lines().length, size.rows, name);
        assert.ok(shown.width() <= size.columns, `${name}: ${shown.width()} columns`);
        for (const row of shown.lines()) assert.doesNotMatch(row, /[\p{Cc}\p{Cf}]/u, name);
      }
    });
  }
}

test('hostile lines stay in the window while one scrolls through them', async () => {
  const shown = await show([]);
  await openLog(
    shown,
    texts.map(([, text]) => line(text)),
    { hasTimestamps: false, search: '漢' },
  );
  const keys = ['g', 'w', 'j', 'j', keyboard.pageDown, 'k', 'w', keyboard.right, 'n', 'N', 'T'];
  for (const key of [...keys, keyboard.right, keyboard.left, keyboard.pageUp, 'G']) {
    await shown.press(key);
    assert.equal(shown.lines().length, 24, key);
    assert.ok(shown.width() <= 80, `${key}: ${shown.width()} columns`);
  }
});

test('lines of characters at random are never wider than the window', async () => {
  const { text } = createRandom(7);
  for (const isWrapped of [false, true]) {
    const shown = await show([], { columns: 80, rows: 60 });
    const { push } = await openLog(shown, [], { isWrapped });
    for (let round = 0; round < 4; round++) {
      push(
        ...Array.from({ length: 40 }, () => line(text(120), { source: text(8), node: text(8) })),
        line(`round ${round}`),
      );
      await shown.until(`round ${round}`);
      for (const row of shown.lines()) assert.ok(stringWidth(row) <= 80, JSON.stringify(row));
    }
  }
});

test('rows of a wrapped text are as wide as there is room, and leave nothing out', () => {
  const { random, text: randomText } = createRandom(11);
  const samples = [
    ...texts.map(([, text]) => text),
    ...Array.from({ length: 60 }, () => randomText(200)),
  ];
  for (const sample of samples) {
    const text = textOf(sample);
    const width = 20 + random(90);
    const starts = breakRows(text, width);
    const rows = starts.map((start, index) => text.slice(start, starts[index + 1]));
    assert.equal(rows.join(''), text);
    for (const row of rows) {
      assert.ok(
        stringWidth(row) <= width,
        `${stringWidth(row)} > ${width}: ${JSON.stringify(row)}`,
      );
    }
  }
});

test('a part of a text between two columns is as wide as these', () => {
  const { random, text: randomText } = createRandom(13);
  const samples = [
    ...texts.map(([, text]) => text),
    ...Array.from({ length: 60 }, () => randomText(200)),
  ];
  for (const sample of samples) {
    const text = textOf(sample);
    const [from, width] = [random(120), 1 + random(90)];
    const { start, end, indent } = sliceColumns(text, from, width);
    const part = text.slice(start, end);
    assert.ok(indent + stringWidth(part) <= width, JSON.stringify(part));
    const before = stringWidth(text.slice(0, start));
    if (part !== '') assert.equal(before, from + indent, JSON.stringify(part));
  }
});

test('a text is one line, with tabs as blanks, and says how much of it is left out', () => {
  assert.equal(textOf('a\tb\r\nc'), 'a    b c');
  assert.equal(textOf('\u001B[31mred'), '[31mred');
  assert.match(textOf('x'.repeat(100_000)), /^x+ \[80000 more; W writes all to a file\]$/);
});
