import type { NodeLogLine } from '../../source/fleet/actions.ts';
import type { LogFeed, LogFeedState } from '../../source/ui/log-screen/log-feed.ts';
import { initialLogView, type LogView } from '../../source/ui/log-screen/log-view.ts';
import { createStore } from '../../source/ui/store.ts';
import { start } from './events.ts';
import type { show } from './harness.tsx';

export const line = (message: string, facts: Partial<NodeLogLine> = {}): NodeLogLine => ({
  node: 'us-west-2-1',
  time: start,
  source: 'cloud-init',
  message,
  ...facts,
});

/** Lines `line 0`, `line 1` and so on. */
export const numbered = (count: number, from = 0): NodeLogLine[] =>
  Array.from({ length: count }, (_line, index) => line(`line ${from + index}`));

/** A feed that a test fills. */
export const createTestFeed = (lines: readonly NodeLogLine[] = []) => {
  const store = createStore<LogFeedState, LogFeedState>(
    { lines, dropped: 0, problems: [], isLive: true },
    (_before, after) => after,
  );
  let isClosed = false;
  const feed: LogFeed = {
    ...store,
    close() {
      isClosed = true;
    },
  };
  const change = (changes: Partial<LogFeedState>) =>
    store.dispatch({ ...store.getState(), ...changes });
  return {
    feed,
    change,
    isClosed: () => isClosed,
    push: (...more: readonly NodeLogLine[]) =>
      change({ lines: [...store.getState().lines, ...more] }),
    /** Drops the oldest lines. */
    drop(count: number) {
      const { dropped, lines: before } = store.getState();
      change({ lines: before.slice(count), dropped: dropped + count });
    },
  };
};

/** Opens a log screen over a dashboard, and waits until it is there. */
export const openLog = async (
  shown: Awaited<ReturnType<typeof show>>,
  lines: readonly NodeLogLine[],
  view: Partial<LogView> = {},
) => {
  const source = createTestFeed(lines);
  shown.model.view.dispatch({
    type: 'show',
    screen: {
      type: 'log',
      title: 'journal',
      nodes: ['us-west-2-1'],
      feed: source.feed,
      log: { ...initialLogView, ...view },
    },
  });
  await shown.until('── journal');
  return source;
};

/** Text that would shift columns, or worse, if it were printed as it is. */
export const hostileTexts: Readonly<Record<string, string>> = {
  'wide characters': '日本語のログ行'.repeat(40),
  'wide characters at an odd offset': `x${'漢'.repeat(200)}`,
  'emoji families': '👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈'.repeat(40),
  flags: '🇩🇪🇯🇵🏴󠁧󠁢󠁥󠁮󠁧󠁿'.repeat(40),
  keycaps: '1️⃣2️⃣#️⃣'.repeat(40),
  'combining marks': 'Z̴̧̢̛͎͈̗͓̆͂͐͘a̸̡̛̝̪͙̐l̵̢̙̻̓̚g̶͚̽o̸̰͝'.repeat(60),
  'ten thousand marks on one letter': `a${'\u0301'.repeat(10_000)}`,
  'right to left': 'שלום עולם مرحبا بالعالم '.repeat(20),
  'bidirectional overrides': '\u202Egnol si siht\u202C \u2066isolated\u2069 \u200Fmark',
  tabs: '\ta\tb\t\tc'.repeat(20),
  'carriage returns': 'Reading… 10%\rReading… 50%\rReading… done\r',
  'line breaks': 'one\ntwo\r\nthree\u2028four\u0085five\vsix',
  'control sequences':
    '\u001B[31mred\u001B[0m\u001B[2J\u001B]0;title\u0007\u009B5A\u0000\u0008\u001B[200~'.repeat(9),
  'a colour': '\u001B[31mred',
  'a title': '\u001B]0;title\u0007\u009B2J',
  'zero-width characters': 'a\u200Bb\uFEFFc\u2060d\u00ADe'.repeat(40),
  'lone surrogates': 'a\uD83Db\uDE80c'.repeat(40),
  'Hangul jamo': '\u1100\u1161\u11A8\u1100\u1100'.repeat(40),
  'spacing marks': 'நிலை கொள்கை ক্ষেত্র'.repeat(20),
  'half-width kana': 'ｶﾞｷﾞ'.repeat(60),
  'ASCII of 100 kB': 'x'.repeat(100_000),
  'wide text of 100 kB': '漢字'.repeat(50_000),
  'tabs of 100 kB': '\t'.repeat(100_000),
  nothing: '',
  blanks: ' '.repeat(500),
};
