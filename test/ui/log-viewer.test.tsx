import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { prefixSegments } from '../../source/ui/log-screen/log-columns.ts';
import { LogRowLine } from '../../source/ui/log-screen/log-row.tsx';
import { createTheme } from '../../source/ui/theme.ts';
import { fleetOf, start } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';
import { createTestFeed, line, numbered, openLog } from './log-samples.ts';
import { takeRendered } from './render-counter.ts';

afterEach(cleanup);

type Shown = Awaited<ReturnType<typeof show>>;

/** The messages that are visible, from the top. */
const messages = ({ lines }: Shown): string[] =>
  lines()
    .slice(1, -2)
    .map((row) => /line \d+/.exec(row)?.[0] ?? '')
    .filter((message) => message !== '');

for (const size of [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
]) {
  describe(`a log at ${size.columns}x${size.rows}`, () => {
    test('says that there is nothing, and shows what comes', async () => {
      const shown = await show([], size);
      const { push } = await openLog(shown, []);
      assert.match(shown.screen(), /Nothing was logged so far/);
      push(line('hello'));
      await shown.until('hello');
    });

    test('fills the window with the newest lines', async () => {
      const shown = await show([], size);
      await openLog(shown, numbered(300));
      const visible = messages(shown);
      assert.equal(visible.length, size.rows - 3);
      assert.equal(visible.at(-1), 'line 299');
      assert.equal(shown.lines().length, size.rows);
      assert.match(shown.lines()[0] ?? '', /following.*300 lines/);
    });
  });
}

describe('following', () => {
  test('shows new lines as they come', async () => {
    const shown = await show([]);
    const { push } = await openLog(shown, numbered(100));
    push(...numbered(5, 100));
    await shown.until('line 104');
    assert.equal(messages(shown).at(-1), 'line 104');
  });

  test('stops when one scrolls up; what comes or is dropped then moves nothing', async () => {
    const shown = await show([]);
    const { drop, push } = await openLog(shown, numbered(100));
    await shown.press('k');
    await shown.until('paused');
    const before = messages(shown);
    assert.equal(before.at(-1), 'line 98');
    push(...numbered(12, 100));
    await shown.until('12 new lines below');
    assert.deepEqual(messages(shown), before);
    drop(60);
    await shown.until('of 52');
    assert.deepEqual(messages(shown), before);
  });

  test('begins again with f and with the end of the log', async () => {
    const shown = await show([]);
    const { push } = await openLog(shown, numbered(100));
    await shown.press('f');
    await shown.until('paused');
    push(...numbered(1, 100));
    await shown.until('1 new line below');
    await shown.press('f');
    await shown.until('line 100');
    await shown.press('g');
    await shown.until(/paused.*1-21 of 101/);
    assert.equal(messages(shown)[0], 'line 0');
    await shown.press('G');
    await shown.until('following');
    assert.equal(messages(shown).at(-1), 'line 100');
  });

  test('begins again when one scrolls down to the newest line', async () => {
    const shown = await show([]);
    await openLog(shown, numbered(100));
    await shown.press(keyboard.pageUp);
    await shown.until(/paused/);
    await shown.press(keyboard.pageDown);
    await shown.until('following');
  });

  test('goes on where the first visible line was dropped', async () => {
    const shown = await show([]);
    const { drop } = await openLog(shown, numbered(100));
    await shown.press('g');
    await shown.until('line 0');
    drop(30);
    await shown.until(/\bline 30\b/);
    assert.equal(messages(shown)[0], 'line 30');
  });

  test('is over where nothing more can come', async () => {
    const shown = await show([]);
    const { change } = await openLog(shown, numbered(3));
    change({ isLive: false });
    await shown.until('complete');
  });

  test('keeps lines that fit into the window where they are', async () => {
    const shown = await show([]);
    await openLog(shown, numbered(3));
    await shown.press('k', 'j', keyboard.pageUp);
    assert.match(shown.screen(), /following/);
  });
});

describe('moving', () => {
  test('goes by lines and by pages', async () => {
    const shown = await show([]);
    await openLog(shown, numbered(200));
    await shown.press('g');
    await shown.until(/1-21 of 200/);
    await shown.press('j', 'j');
    await shown.until(/3-23 of 200/);
    await shown.press(keyboard.pageDown);
    await shown.until(/23-43 of 200/);
    await shown.press('k');
    await shown.until(/22-42 of 200/);
    await shown.press(keyboard.pageUp);
    await shown.until(/2-22 of 200/);
  });

  test('shows the end of long lines', async () => {
    const shown = await show([]);
    await openLog(shown, [line(`begin ${'.'.repeat(120)} finish`)]);
    assert.doesNotMatch(shown.screen(), /finish/);
    await shown.press(keyboard.right, keyboard.right, keyboard.right, keyboard.right);
    await shown.until('finish');
    assert.match(shown.screen(), /from column 81/);
    await shown.press(keyboard.left, keyboard.left, keyboard.left, keyboard.left);
    await shown.until('begin');
  });

  test('says that wrapped lines have no side', async () => {
    const shown = await show([]);
    await openLog(shown, numbered(3), { isWrapped: true });
    await shown.press(keyboard.right);
    await shown.until('w ends that');
  });
});

describe('wrapping', () => {
  test('shows long lines whole, below each other', async () => {
    const shown = await show([]);
    await openLog(shown, [line(`begin ${'.'.repeat(120)} finish`)]);
    await shown.press('w');
    await shown.until('finish');
    const [first, second] = shown.lines().slice(1);
    assert.match(first ?? '', /^ \d\d:\d\d:\d\d begin \.{60,}$/);
    assert.match(second ?? '', /^ {10}\.+ finish$/);
  });

  test('follows the end of the last line, and scrolls by rows', async () => {
    const shown = await show([]);
    const long = Array.from({ length: 400 }, (_word, index) => `w${index}`).join(' ');
    await openLog(shown, [...numbered(30), line(long)], { isWrapped: true });
    assert.match(shown.screen(), /\bw399\b/);
    assert.doesNotMatch(shown.screen(), /line 29/);
    await shown.press(...Array.from({ length: 12 }, () => 'k'));
    await shown.until('line 29');
    await shown.press('w');
    await shown.until(/paused.*of 31/);
  });
});

describe('times', () => {
  test('are hidden and shown', async () => {
    const shown = await show([]);
    await openLog(shown, [line('hello')]);
    assert.match(shown.line('hello'), /\d\d:\d\d:\d\d hello/);
    await shown.press('T');
    await shown.until(/^ hello/m);
  });

  test('have the date where the day changes', async () => {
    const shown = await show([]);
    const noon = new Date(2025, 6, 1, 12).getTime();
    const day = 24 * 3600_000;
    await openLog(shown, [
      line('first', { time: noon }),
      line('second', { time: noon + 1000 }),
      line('third', { time: noon + day }),
    ]);
    assert.match(shown.line('first'), /^ Jul 01 12:00:00 first/);
    assert.match(shown.line('second'), /^ {8}12:00:01 second/);
    assert.match(shown.line('third'), /^ Jul 02 12:00:00 third/);
  });

  test('have no date on a single day', async () => {
    const shown = await show([]);
    await openLog(shown, [line('hello')]);
    assert.doesNotMatch(shown.screen(), /Jul/);
  });
});

describe('sources', () => {
  const mixed = [
    line('from cloud-init'),
    line('from docker', { source: 'docker' }),
    line('from us', { source: 'spot-tui' }),
  ];

  test('are shown alone, one after the other, then all again', async () => {
    const shown = await show([]);
    const { push } = await openLog(shown, mixed);
    assert.match(shown.screen(), /all sources/);
    await shown.press('i');
    await shown.until('only cloud-init');
    assert.doesNotMatch(shown.screen(), /from docker|from us/);
    push(line('more of docker', { source: 'docker' }), line('more of cloud-init'));
    await shown.until('more of cloud-init');
    assert.doesNotMatch(shown.screen(), /more of docker/);
    await shown.press('i');
    await shown.until('only docker');
    await shown.press('i');
    await shown.until('only spot-tui');
    assert.match(shown.screen(), /from us/);
    await shown.press('i');
    await shown.until('all sources');
  });

  test('stay where they are when they are the only one', async () => {
    const shown = await show([]);
    await openLog(shown, numbered(3));
    await shown.press('i');
    await shown.until('All is of cloud-init');
  });

  test('keep their lines where others are dropped', async () => {
    const shown = await show([]);
    const { drop } = await openLog(shown, mixed, { source: 'spot-tui' });
    drop(2);
    assert.match(shown.screen(), /from us/);
    drop(1);
    await shown.until('Nothing was logged so far');
  });
});

describe('search', () => {
  const search = async (shown: Shown, text: string) => {
    await shown.press('/', ...text, keyboard.enter);
  };

  const errors = numbered(200).map((each, index) =>
    index % 50 === 10 ? { ...each, message: `line ${index} Error` } : each,
  );

  test('goes to the newest match and round through all', async () => {
    const shown = await show([]);
    await openLog(shown, errors);
    await search(shown, 'error');
    await shown.until('/error 4 of 4');
    assert.match(shown.line('line 160 Error'), /^›/);
    await shown.press('N');
    await shown.until('/error 3 of 4');
    assert.match(shown.line('line 110 Error'), /^›/);
    await shown.press('n', 'n');
    await shown.until('/error 1 of 4');
    await shown.until('went on at the beginning');
    assert.match(shown.line('line 10 Error'), /^›/);
    await shown.press('N');
    await shown.until('/error 4 of 4');
    await shown.until('went on at the end');
  });

  test('goes to the first match from where one is', async () => {
    const shown = await show([]);
    await openLog(shown, errors);
    await shown.press('g');
    await shown.until('1-21 of 200');
    await search(shown, 'error');
    await shown.until('/error 1 of 4');
    assert.equal(messages(shown)[0], 'line 0', 'a match that is visible moves nothing');
  });

  test('tells capitals apart only if there are some in what is searched for', async () => {
    const shown = await show([]);
    await openLog(shown, [line('an error'), line('an Error'), line('an ERROR')]);
    await search(shown, 'error');
    await shown.until('of 3');
    await search(shown, 'Error');
    await shown.until('/Error 1 of 1');
  });

  test('takes what is typed as it is', async () => {
    const shown = await show([]);
    await openLog(shown, [line('a+b (c)'), line('aab c')]);
    await search(shown, 'a+b (c)');
    await shown.until('1 of 1');
  });

  test('shows how many have it while one types, and forgets that on escape', async () => {
    const shown = await show([]);
    await openLog(shown, errors);
    await shown.press('/', 'e', 'r', 'r');
    await shown.until('/err 4 matches');
    await shown.press(keyboard.escape);
    await shown.until(/following · 200 lines/);
  });

  test('says that nothing has it, and finds it once it comes', async () => {
    const shown = await show([]);
    const { push } = await openLog(shown, numbered(5));
    await search(shown, 'kernel');
    await shown.until('No line has "kernel" so far');
    assert.match(shown.screen(), /\/kernel nowhere/);
    push(line('kernel panic'));
    await shown.until('/kernel 1 match');
    await shown.press('n');
    await shown.until('/kernel 1 of 1');
  });

  test('goes to the side for a match in a long line', async () => {
    const shown = await show([]);
    await openLog(shown, [line(`${'.'.repeat(300)}needle`)]);
    await search(shown, 'needle');
    await shown.until(/\.needle/);
  });

  test('finds the row of a match in a long wrapped line', async () => {
    const shown = await show([]);
    const long = `${'.'.repeat(5000)}needle${'.'.repeat(5000)}`;
    await openLog(shown, [line(long)], { isWrapped: true });
    await search(shown, 'needle');
    await shown.until(/needle\./);
  });

  test('is over with escape, which then goes back', async () => {
    const shown = await show(fleetOf(1));
    const { isClosed } = await openLog(shown, errors);
    await search(shown, 'error');
    await shown.until('4 of 4');
    await shown.press(keyboard.escape);
    await shown.until(/paused · all|paused · 1/);
    assert.doesNotMatch(shown.screen(), /\/error/);
    assert.equal(isClosed(), false);
    await shown.press(keyboard.escape);
    await shown.until('us-west-2-1');
    assert.equal(isClosed(), true);
  });

  test('has to be asked for before n', async () => {
    const shown = await show([]);
    await openLog(shown, numbered(3));
    await shown.press('n');
    await shown.until('Nothing is searched for');
  });

  test('recalls what was searched for before', async () => {
    const shown = await show([]);
    await openLog(shown, errors);
    await search(shown, 'error');
    await shown.until('of 4');
    await shown.press('/', keyboard.up);
    await shown.until(/search error/);
  });
});

describe('export', () => {
  test('writes all lines to a file that is named after node and time', async () => {
    const shown = await show([]);
    await openLog(shown, [
      line('hello', { time: Date.UTC(2025, 0, 1) }),
      line('a\r\nb\u001B[31m', { source: 'docker', time: Date.UTC(2025, 0, 2) }),
    ]);
    await shown.press('W');
    await shown.until(/write to file us-west-2-1-2025070\d-\d{6}\.log/);
    await shown.press(keyboard.enter);
    await shown.until(/2 lines written to us-west-2-1-/);
    const [file] = shown.saved;
    assert.match(file?.path ?? '', /^us-west-2-1-2025070\d-\d{6}\.log$/);
    assert.equal(
      file?.content,
      '2025-01-01T00:00:00.000Z cloud-init: hello\n2025-01-02T00:00:00.000Z docker: a b[31m\n',
    );
  });

  test('writes the chosen source, with the nodes where there are several', async () => {
    const shown = await show([]);
    await openLog(
      shown,
      [line('one'), line('two', { node: 'us-west-2-2' }), line('three', { source: 'docker' })],
      { source: 'cloud-init' },
    );
    await shown.press('W', keyboard.enter);
    await shown.until('2 lines written');
    assert.match(shown.saved[0]?.content ?? '', /Z us-west-2-1 cloud-init: one\n.*us-west-2-2/);
  });

  test('needs a name', async () => {
    const shown = await show([]);
    await openLog(shown, numbered(1));
    await shown.press('W', '\u0015', keyboard.enter);
    await shown.until('a file needs a name');
    assert.equal(shown.saved.length, 0);
  });
});

describe('several nodes', () => {
  test('are named before their lines', async () => {
    const shown = await show([]);
    await openLog(shown, [
      line('hello', { node: 'us-west-2-1' }),
      line('world', { node: 'eu-central-1-12' }),
    ]);
    assert.match(shown.line('hello'), /us-west-2-1 +hello/);
    assert.match(shown.line('world'), /eu-central-1-12 world/);
  });

  test('have a colour each that stays, that their neighbours have not, and that is not red', () => {
    const theme = createTheme({ hasColour: true, hasUnicode: true });
    const columns = { date: 0, time: 0, node: 12, source: 0, prefix: 14, text: 60 };
    const colour = (node: string) =>
      prefixSegments(line('', { node }), columns, theme, false)[0]?.style?.color;
    assert.equal(colour('us-west-2-1'), colour('us-west-2-1'));
    assert.notEqual(colour('us-west-2-1'), colour('us-west-2-2'));
    for (let number = 0; number < 20; number++) {
      assert.doesNotMatch(colour(`eu-central-1-${number}`) ?? '', /^$|red/);
    }
  });

  test('say what keeps their lines from coming', async () => {
    const shown = await show([]);
    const { change } = await openLog(shown, numbered(50));
    change({ problems: ['us-west-2-3: connection refused'] });
    await shown.until('▲ us-west-2-3: connection refused');
    assert.equal(messages(shown).at(-1), 'line 49');
    change({ problems: Array.from({ length: 9 }, (_each, index) => `node ${index} is gone`) });
    await shown.until('and 7 more');
    assert.equal(shown.lines().length, 24);
  });
});

describe('what is drawn', () => {
  const drawnRows = () => takeRendered().filter(({ component }) => component === LogRowLine).length;

  test('is nothing when lines come that a paused view does not show', async () => {
    const shown = await show([]);
    const { push } = await openLog(shown, numbered(20_000));
    await shown.press('g');
    await shown.until('1-21 of 20,000');
    takeRendered();
    push(...numbered(500, 20_000));
    await shown.until('500 new lines below');
    assert.equal(drawnRows(), 0);
  });

  test('is what is visible, however many lines there are', async () => {
    const shown = await show([]);
    takeRendered();
    const { push } = await openLog(shown, numbered(20_000));
    assert.ok(drawnRows() <= 2 * 21);
    push(...numbered(500, 20_000));
    await shown.until('line 20499');
    assert.ok(drawnRows() <= 21);
  });
});

test('another log than before starts anew', async () => {
  const shown = await show([]);
  await openLog(shown, numbered(50));
  const other = createTestFeed([line('other', { time: start + 1 })]);
  const top = shown.model.view.getState().screens.at(-1);
  assert.equal(top?.type, 'log');
  if (top?.type === 'log') {
    shown.model.view.dispatch({ type: 'change-screen', screen: { ...top, feed: other.feed } });
  }
  await shown.until('other');
  assert.match(shown.screen(), /1 line\b/);
});
