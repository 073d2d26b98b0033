import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetEvent } from '../../source/events/event.ts';
import { begins, enters, fails, fleetOf, reclaims, runsOn } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';

afterEach(cleanup);

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
];

/** Ten nodes in each of three regions, most of them ready, one failed in each. */
const threeRegions = (): FleetEvent[] => [
  begins('lab', 'attach', 30),
  ...['ap-southeast-2', 'eu-west-1', 'us-west-2'].flatMap((region, index) => [
    ...Array.from({ length: 10 }, (_, number) => {
      const node = `${region}-${number + 1}`;
      return [
        enters(node, 'ready', number),
        runsOn(node, {
          instanceId: `i-${index}${number}`,
          instanceType: number % 2 === 0 ? 't3.medium' : 'm6i.large',
          address: `203.0.${index}.${number + 1}`,
        }),
      ];
    }).flat(),
    fails(`${region}-${index + 3}`, `disk ${index} is full`),
  ]),
];

const failed = ['ap-southeast-2-3', 'eu-west-1-4', 'us-west-2-5'];

for (const size of sizes) {
  describe(`/ at ${size.columns}x${size.rows}`, () => {
    test('has its effect while it is typed, and says how many nodes are left', async () => {
      const { press, screen, rowsOfTable, lines } = await show(threeRegions(), size);
      await press('/', 'eu-west');
      assert.match(lines().at(-2) ?? '', /^ \/ eu-west/);
      assert.match(lines()[1] ?? '', /\/eu-west {2}10 of 30/);
      assert.ok(rowsOfTable().every((name) => name.startsWith('eu-west-1')));
      await press(' phase:f', 'ailed');
      assert.deepEqual(rowsOfTable(), ['eu-west-1-4']);
      assert.match(lines()[1] ?? '', /1 of 30/);
      assert.match(screen(), /── eu-west-1-4 /, 'its pane is shown');
      await press(...Array.from({ length: ' phase:failed'.length }, () => '\u007F'));
      assert.equal(rowsOfTable().length, 10);
    });

    test('stays with Enter, and is taken away by Esc', async () => {
      const { press, screen, rowsOfTable, lines } = await show(threeRegions(), size);
      const before = rowsOfTable();
      await press('/', 'phase:fa', 'iled', keyboard.enter);
      assert.deepEqual(rowsOfTable(), failed);
      assert.match(lines()[1] ?? '', /\/phase:failed {2}3 of 30/);
      assert.doesNotMatch(lines().at(-2) ?? '', /phase/, 'nothing is asked any more');
      await press(keyboard.escape);
      assert.deepEqual(rowsOfTable(), before);
      assert.doesNotMatch(screen(), /of 30 *\n.*\n.*NODE/);
      assert.match(lines()[1] ?? '', /30 nodes/);
    });

    test('is as it was, with the cursor, after Esc while it is typed', async () => {
      const { press, selected, rowsOfTable, lines } = await show(threeRegions(), size);
      await press('/', 'eu', keyboard.enter, 'j', 'j');
      const before = { rows: rowsOfTable(), selected: selected() };
      await press('/', ' zone:no', 'where');
      assert.deepEqual(rowsOfTable(), []);
      await press(keyboard.escape);
      assert.deepEqual({ rows: rowsOfTable(), selected: selected() }, before);
      assert.match(lines()[1] ?? '', /\/eu {2}10 of 30/);
    });

    test('that lets no node through says so, and how to get them back', async () => {
      const { press, screen, width, lines } = await show(threeRegions(), size);
      await press('/', 'zone:', 'mars', keyboard.enter);
      assert.match(screen(), /No node matches \/zone:mars/);
      assert.match(screen(), /Esc shows all 30 nodes again/);
      assert.match(screen(), /0 of 30/);
      assert.equal(lines().length, size.rows);
      assert.ok(width() <= size.columns);
      await press(keyboard.enter);
      assert.match(screen(), /No node matches the filter/);
      await press(keyboard.escape);
      assert.match(screen(), /ap-southeast-2-1 /);
    });

    test('that is longer than the window shifts nothing', async () => {
      const { press, width, lines, line } = await show(threeRegions(), size);
      await press('/');
      for (let part = 0; part < 40; part++) await press('🚀漢filte');
      await press(keyboard.enter);
      assert.ok(width() <= size.columns);
      assert.equal(lines().length, size.rows);
      assert.match(line('ready'), /… {2}0 of 30$/);
    });

    test('follows nodes that come to match and those that no longer do', async () => {
      const { press, rowsOfTable, happen, selected, screen } = await show(threeRegions(), size);
      await press('/', '!ready', keyboard.enter);
      assert.deepEqual(rowsOfTable(), failed);
      assert.equal(selected(), 'ap-southeast-2-3');
      await press('j');
      await happen(enters('eu-west-1-4', 'ready', 100));
      assert.deepEqual(rowsOfTable(), ['ap-southeast-2-3', 'us-west-2-5']);
      assert.equal(selected(), 'us-west-2-5', 'the one that took its place');
      await happen(reclaims('eu-west-1-9'));
      assert.deepEqual(rowsOfTable(), ['ap-southeast-2-3', 'eu-west-1-9', 'us-west-2-5']);
      assert.match(screen(), /3 of 30/);
    });
  });

  describe(`the order at ${size.columns}x${size.rows}`, () => {
    test('goes through the columns, marked at its column', async () => {
      const { press, line, screen } = await show(threeRegions(), size);
      assert.doesNotMatch(line('NODE'), /[↑↓]/);
      const titles = ['NODE', 'PHASE', 'TIME', 'ZONE', 'INSTANCE', 'TYPE', 'PRICE/H', 'ADDRESS'];
      for (const title of titles) {
        await press('>');
        assert.match(line('NODE'), new RegExp(` ${title}↑`));
      }
      await press('I');
      assert.match(line('NODE'), / ADDRESS↓/);
      await press('>');
      assert.doesNotMatch(line('NODE'), /[↑↓]/);
      assert.match(screen(), /Nodes that need attention first, then by name/);
      await press('<');
      assert.match(line('NODE'), / ADDRESS↑/);
    });

    test('is the natural one of region and number; trouble comes first until another is wanted', async () => {
      const { press, rowsOfTable, screen } = await show(
        [
          ...['us-west-2-10', 'us-west-2-2', 'eu-west-1-1', 'us-west-10-1', 'us-west-2-1'].map(
            (node) => enters(node, 'ready'),
          ),
          fails('us-west-2-10', 'no'),
        ],
        size,
      );
      const byName = ['eu-west-1-1', 'us-west-2-1', 'us-west-2-2', 'us-west-2-10', 'us-west-10-1'];
      const others = byName.filter((name) => name !== 'us-west-2-10');
      assert.deepEqual(rowsOfTable(), ['us-west-2-10', ...others]);
      await press('>');
      assert.deepEqual(rowsOfTable(), byName);
      assert.match(screen(), /Nodes by name/);
      await press('I');
      assert.deepEqual(rowsOfTable(), byName.toReversed());
      await press('<');
      assert.deepEqual(rowsOfTable(), ['us-west-2-10', ...others]);
    });

    test('leaves the cursor on its node', async () => {
      const { press, selected } = await show(threeRegions(), size);
      await press('G');
      const before = selected();
      for (const key of ['>', '>', 'I', '<', 'b', 'b']) {
        await press(key);
        assert.equal(selected(), before);
      }
    });
  });

  describe(`regions at ${size.columns}x${size.rows}`, () => {
    test('stand above their nodes with the counts by phase', async () => {
      const { press, lines, width, rowsOfTable } = await show(threeRegions(), size);
      await press('b');
      const headings = lines().filter((line) => /^[a-z]/.test(line));
      assert.match(headings[0] ?? '', /^ap-southeast-2 {2}10 nodes {3}✗ 1 failed {3}✓ 9 ready/);
      assert.equal(rowsOfTable()[0], 'ap-southeast-2-3', 'trouble first in each');
      assert.equal(lines().length, size.rows);
      assert.ok(width() <= size.columns);
      await press('b');
      assert.equal(lines().filter((line) => /^[a-z]/.test(line)).length, 0);
    });

    test('are passed by the cursor, and come into view with their first node', async () => {
      const { press, selected, line, lines } = await show(threeRegions(), size);
      await press('b', 'g');
      for (let step = 0; step < 10; step++) await press('j');
      assert.equal(selected(), 'eu-west-1-4');
      await press('G', 'g');
      assert.equal(selected(), 'ap-southeast-2-3');
      const first = lines().findIndex((one) => one.includes('NODE')) + 1;
      assert.match(lines()[first] ?? '', /^ap-southeast-2 /);
      await press('G');
      assert.equal(selected(), 'us-west-2-10');
      assert.match(line('› us-west-2-10'), /ready/);
    });

    test('only show what the filter lets through, and follow what happens', async () => {
      const { press, line, happen } = await show(threeRegions(), size);
      await press('b', '/', 't3', keyboard.enter);
      assert.match(line('eu-west-1  '), /^eu-west-1 {2}5 nodes {3}✓ 5 ready/);
      await happen(fails('eu-west-1-1', 'no'));
      assert.match(line('eu-west-1  '), /^eu-west-1 {2}5 nodes {3}✗ 1 failed {3}✓ 4 ready/);
    });
  });

  describe(`n at ${size.columns}x${size.rows}`, () => {
    test('goes to the next node that needs attention, N back, both round the ends', async () => {
      const { press, selected, screen } = await show(threeRegions(), size);
      await press('>', 'g');
      const visited = [];
      for (const key of ['n', 'n', 'n', 'n', 'N', 'N']) {
        await press(key);
        visited.push(selected());
      }
      const [first, second, third] = failed;
      assert.deepEqual(visited, [first, second, third, first, third, second]);
      assert.match(screen(), /On from the end/);
    });

    test('says where there is none, and where there is no other', async () => {
      const { press, screen, happen, selected } = await show(fleetOf(3), size);
      await press('n');
      assert.match(screen(), /No node needs attention/);
      await happen(reclaims('us-west-2-2'));
      await press('n');
      assert.equal(selected(), 'us-west-2-2');
      await press('N');
      assert.match(screen(), /us-west-2-2 is the only one/);
    });

    test('says what the filter hides', async () => {
      const { press, screen, selected } = await show(threeRegions(), size);
      await press('/', 'eu-west', keyboard.enter, 'G', 'n');
      assert.equal(selected(), 'eu-west-1-4');
      assert.match(screen(), /▲ 2 more are hidden by the filter/);
      await press('/', '\u0015', 'node:us-', 'west-2-1', keyboard.enter, 'n');
      assert.match(screen(), /▲ 3 that need attention are hidden by the filter/);
    });
  });
}

test('filters are remembered, the last one first', async () => {
  const { press, lines } = await show(threeRegions());
  const typed = () => (lines().at(-2) ?? '').trimEnd();
  await press('/', 'eu', keyboard.enter, keyboard.escape);
  await press('/', 'phase:f', keyboard.enter, keyboard.escape);
  await press('/', 'eu', keyboard.enter, keyboard.escape);
  await press('/', keyboard.up);
  assert.equal(typed(), ' / eu');
  assert.match(lines()[1] ?? '', /\/eu {2}10 of 30/, 'with its effect');
  await press(keyboard.up);
  assert.equal(typed(), ' / phase:f');
  await press(keyboard.up, keyboard.down, keyboard.down);
  assert.equal(typed(), ' /');
});

test('the arrow at the sorted column is ASCII where the terminal has no more', async () => {
  const { press, line } = await show(threeRegions(), { hasUnicode: false });
  await press('>');
  assert.match(line('NODE'), / NODE\^ /);
  await press('I');
  assert.match(line('NODE'), / NODEv /);
});

for (const size of [...sizes, { columns: 40, rows: 10 }]) {
  for (const count of [0, 1, 30, 2000]) {
    test(`every key keeps the frame at ${size.columns}x${size.rows} with ${count} nodes`, async () => {
      const { press, lines, width } = await show([begins(), ...fleetOf(count)], size);
      for (const keys of ['nN', '>>>>', 'I', '>>', 'b', 'G', '/2', '\r', 'b']) {
        await press(keys);
        assert.equal(lines().length, size.rows, keys);
        assert.ok(width() <= size.columns, keys);
      }
    });
  }
}

test('a filtered, grouped and selected fleet fits every window', async () => {
  const { press, lines, width, resize, screen } = await show(threeRegions());
  await press('/west', '\r', 'b', '*', 'G');
  for (const rows of [10, 15, 16, 60]) {
    for (const columns of [40, 59, 80, 200]) {
      resize({ columns, rows });
      const fits = () => lines().length === rows && width() === columns;
      for (let attempt = 0; attempt < 400 && !fits(); attempt++) await sleep(5);
      assert.ok(fits(), `${columns}x${rows}:\n${screen()}`);
      assert.match(screen(), /20 selected/);
      assert.match(screen(), /›●us-west-2-10 /, 'the cursor is in view');
    }
  }
});
