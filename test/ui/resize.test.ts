import { describe, test } from 'node:test';
import { hasPseudoTerminals, PseudoTerminal } from './pseudo-terminal.ts';

type Size = readonly [columns: number, rows: number];

/** What is on the screen, apart from what moves by itself. */
const still = (terminal: PseudoTerminal) =>
  terminal.screen.replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '*').replaceAll(/\d+d\b/g, '*d');

/** The screen of a dashboard that never had another size. */
const fresh = async ([columns, rows]: Size, keys = '', text = /quit$/): Promise<string> => {
  let screen = '';
  await PseudoTerminal.run({ columns, rows }, async (terminal) => {
    terminal.type(keys);
    await terminal.until(text);
    screen = still(terminal);
  });
  return screen;
};

/** Every size at once: the next comes before the last has been drawn. */
const dragThrough = async (terminal: PseudoTerminal, sizes: readonly Size[]) => {
  for (const [columns, rows] of sizes) await terminal.resize(columns, rows);
};

const shrinking: readonly Size[] = [
  [200, 60],
  [160, 50],
  [120, 40],
  [119, 39],
  [118, 12],
  [70, 12],
  [69, 30],
];
const growing: readonly Size[] = shrinking.toReversed();

describe('a window that changes its size', {
  skip: !hasPseudoTerminals && 'needs script of util-linux',
  concurrency: 2,
}, () => {
  for (const [name, sizes, last] of [
    ['shrinks', shrinking, [80, 24]],
    ['grows', growing, [140, 45]],
    ['goes back and forth', [...shrinking, ...growing, ...shrinking], [90, 25]],
    [
      'is too small for a while',
      [
        [30, 5],
        [100, 3],
        [12, 40],
        [1, 1],
      ],
      [100, 30],
    ],
  ] as const) {
    test(`and ${name} shows in the end what it would have shown from the beginning`, async () => {
      const expected = await fresh(last);
      await PseudoTerminal.run({}, async (terminal) => {
        await dragThrough(terminal, [...sizes, last]);
        await terminal.untilHolds(() => still(terminal) === expected, `this:\n${expected}\n`);
        terminal.type('q');
        await terminal.ends();
      });
    });
  }

  test('and has help open, or any other popup, shows that in its place', async () => {
    const last = [90, 28] as const;
    // The last line of the popup; the footer is below.
    const text = /Esc closes[\s\S]*quit/;
    const expected = await fresh(last, '?', text);
    await PseudoTerminal.run({}, async (terminal) => {
      terminal.type('?');
      await terminal.until(text);
      await dragThrough(terminal, [...shrinking, last]);
      await terminal.untilHolds(() => still(terminal) === expected, `this:\n${expected}\n`);
      terminal.type('qq');
      await terminal.ends();
    });
  });
});
