import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { begins, enters, fails, fleetOf, reclaims, runsOn, start } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';

afterEach(cleanup);

const mixed = (count: number) => [
  begins('lab'),
  ...fleetOf(count),
  fails('us-west-2-1', 'no'),
  reclaims('us-west-2-2'),
  enters('us-west-2-3', 'booting'),
];

describe('the bar of phases', () => {
  for (const columns of [40, 80, 200]) {
    test(`has as much of ${columns} columns for each phase as it has of the nodes`, async () => {
      const { lines } = await show(mixed(20), { columns, rows: 24 });
      const share = Math.round(columns / 20);
      const bar = `${'█'.repeat(share)}${'▓'.repeat(share)}${'━'.repeat(columns - 3 * share)}${'┄'.repeat(share)}`;
      assert.equal(lines()[2], bar);
    });
  }

  test('shows one node of two thousand, without Unicode as well', async () => {
    const { lines } = await show(mixed(2000), { hasUnicode: false });
    assert.equal(lines()[2], `X*${'='.repeat(77)}-`);
  });

  test('is a plain rule while there is no node', async () => {
    const { lines } = await show([begins()]);
    assert.equal(lines()[2], '─'.repeat(80));
  });

  test('follows what happens', async () => {
    const { lines, happen } = await show(fleetOf(2));
    assert.equal(lines()[2], '━'.repeat(80));
    await happen(fails('us-west-2-2', 'no'));
    assert.equal(lines()[2], '█'.repeat(40) + '━'.repeat(40));
  });
});

describe('the price', () => {
  const priced = (...prices: readonly (number | undefined)[]) =>
    prices.flatMap((pricePerHour, index) => {
      const node = `us-west-2-${index + 1}`;
      return [
        enters(node, 'ready'),
        runsOn(node, pricePerHour === undefined ? {} : { pricePerHour }),
      ];
    });

  test('is that of all instances in an hour', async () => {
    const { lines } = await show([begins(), ...priced(0.2, 0.2, 0.02)]);
    assert.match(lines()[0] ?? '', / \$0\.42\/h {2}0s$/);
  });

  test('is not there while none is known, and says where some are not', async () => {
    const { lines, happen } = await show([begins(), ...priced(undefined, undefined)]);
    assert.doesNotMatch(lines()[0] ?? '', /\$/);
    await happen(runsOn('us-west-2-1', { pricePerHour: 0.0125 }));
    assert.match(lines()[0] ?? '', / \$0\.013\+\/h /);
  });

  test('does not count what is gone', async () => {
    const { lines, happen } = await show([begins(), ...priced(1.5, 1.5)]);
    assert.match(lines()[0] ?? '', / \$3\.00\/h /);
    await happen({
      event: 'phase',
      time: start,
      node: 'us-west-2-2',
      phase: 'terminated',
      reason: 'destroyed',
    });
    assert.match(lines()[0] ?? '', / \$1\.50\/h /);
  });

  test('is there in one row of 40 columns as well', async () => {
    const { lines } = await show([...mixed(30), runsOn('us-west-2-9', { pricePerHour: 0.2 })], {
      columns: 40,
      rows: 10,
    });
    assert.match(lines()[0] ?? '', /^ lab {2}✗1 ◆1 ✓27 ○1 +\$0\.20\+\/h {2}0s$/);
  });
});

describe('one row of 40 columns', () => {
  const size = { columns: 40, rows: 10 };

  test('has the name and all counts', async () => {
    const { lines } = await show(mixed(30), size);
    assert.match(lines()[0] ?? '', /^ spot-tui lab {2}✗1 ◆1 ✓27 ○1 +0s$/);
  });

  test('has the filter and the counts', async () => {
    const { lines, press } = await show(mixed(30), size);
    await press('/', '!ready', keyboard.enter);
    assert.match(lines()[0] ?? '', /✗1 ◆1 ✓27 ○1 .*\/!ready {1,2}3(\/| of )30 {2}0s$/);
  });

  test('has what is selected', async () => {
    const { lines, press, width } = await show(mixed(30), size);
    await press(' ', ' ');
    assert.match(lines()[0] ?? '', /✗1 ◆1 ✓27 ○1 +2 selected {2}0s$/);
    await press('/', 'nothing', keyboard.enter);
    assert.match(lines()[0] ?? '', /0\/30 · 2 selected, 2 hidden {2}0s$/);
    assert.ok(width() <= 40);
  });
});

test('at 80 columns the counts by name matter more than the number of regions', async () => {
  const { lines } = await show(mixed(200));
  assert.match(
    lines()[1] ?? '',
    /^ ✗ 1 failed {3}◆ 1 interrupted {3}✓ 197 ready {3}○ 1 booting {2,}200 nodes$/,
  );
});
