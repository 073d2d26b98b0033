import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NodeLogLine } from '../../source/fleet/actions.ts';
import type { LogFeedState } from '../../source/ui/log-screen/log-feed.ts';
import { createLogReader, type LogReading } from '../../source/ui/log-screen/log-reader.ts';
import { initialLogView } from '../../source/ui/log-screen/log-view.ts';
import { layOutWindow } from '../../source/ui/log-screen/log-window.ts';
import { createNumberList } from '../../source/ui/log-screen/number-list.ts';
import { line } from './log-samples.ts';

const feedOf = (lines: readonly NodeLogLine[], dropped = 0): LogFeedState => ({
  lines,
  dropped,
  problems: [],
  isLive: true,
});

const shownMessages = ({ count, line: at }: LogReading) =>
  Array.from({ length: count }, (_line, index) => at(index)?.message);

const matchNumbers = ({ matches }: LogReading) =>
  Array.from({ length: matches.count }, (_match, index) => matches.at(index));

describe('a reader that remembers', () => {
  /** What lines a feed has and asks for, in steps that a log goes through. */
  const steps: readonly (readonly [LogFeedState, { source?: string; search: string }])[] = (() => {
    const lines = Array.from({ length: 60 }, (_line, index) =>
      line(`line ${index}${index % 7 === 0 ? ' error' : ''}`, {
        source: index % 3 === 0 ? 'docker' : 'cloud-init',
      }),
    );
    const other = Array.from({ length: 20 }, (_line, index) => line(`other ${index}`));
    return [
      [feedOf([]), { search: '' }],
      [feedOf(lines.slice(0, 10)), { search: '' }],
      [feedOf(lines.slice(0, 20)), { search: 'error' }],
      [feedOf(lines.slice(5, 30), 5), { search: 'error' }],
      [feedOf(lines.slice(5, 30), 5), { source: 'docker', search: 'error' }],
      [feedOf(lines.slice(20, 40), 20), { source: 'docker', search: 'error' }],
      [feedOf(lines.slice(20, 45), 20), { source: 'cloud-init', search: 'line 4' }],
      [feedOf(lines.slice(50), 50), { source: 'docker', search: '' }],
      // Older lines were put before them.
      [feedOf(lines, 0), { source: 'docker', search: 'error' }],
      // A recording went back, and a completely different log.
      [feedOf(lines.slice(0, 4), 0), { search: 'line' }],
      [feedOf(other, 0), { search: 'line' }],
      [feedOf([], 20), { search: 'line' }],
    ];
  })();

  test('says the same as one that reads all for the first time', () => {
    const read = createLogReader();
    for (const [index, [feed, view]] of steps.entries()) {
      const reading = read(feed, view);
      const fresh = createLogReader()(feed, view);
      assert.deepEqual(shownMessages(reading), shownMessages(fresh), `step ${index}`);
      assert.deepEqual(matchNumbers(reading), matchNumbers(fresh), `step ${index}`);
      assert.equal(reading.end, fresh.end);
      for (const number of [0, 7, 21, 33, 59]) {
        assert.equal(reading.indexOf(number), fresh.indexOf(number), `step ${index}: ${number}`);
      }
    }
  });
});

describe('the work of a frame', () => {
  /** Lines that count how often their messages and sources are looked at. */
  const createCounted = () => {
    let looks = 0;
    const make = (index: number): NodeLogLine => ({
      node: 'us-west-2-1',
      time: index,
      get source() {
        looks++;
        return index % 2 === 0 ? 'docker' : 'cloud-init';
      },
      get message() {
        looks++;
        return `line ${index} with some words that are long enough to be wrapped ${'-'.repeat(60)}`;
      },
    });
    const takeLooks = () => {
      const taken = looks;
      looks = 0;
      return taken;
    };
    return { make, takeLooks };
  };

  for (const [name, view] of [
    ['following', {}],
    ['paused', { isFollowing: false, top: 25_000 }],
    ['wrapped', { isWrapped: true }],
    ['with one source and a search', { source: 'docker', search: '9', isWrapped: true }],
  ] as const) {
    test(`does not grow with the log, ${name}`, () => {
      const { make, takeLooks } = createCounted();
      const read = createLogReader();
      const whole = { ...initialLogView, ...view };
      const size = { width: 80, height: 20 };
      let lines = Array.from({ length: 20_000 }, (_line, index) => make(index));
      read(feedOf(lines), whole);
      takeLooks();
      // 2,000 lines a second at 20 frames a second.
      for (let frame = 1; frame <= 60; frame++) {
        const fresh = Array.from({ length: 100 }, (_line, index) =>
          make(19_900 + frame * 100 + index),
        );
        lines = [...lines.slice(100), ...fresh];
        layOutWindow(read(feedOf(lines, frame * 100), whole), whole, size);
        const looks = takeLooks();
        assert.ok(looks <= 8 * 100 + 4 * size.height, `${looks} looks in frame ${frame}`);
      }
    });
  }

  test('is nothing where nothing is new', () => {
    const { make, takeLooks } = createCounted();
    const read = createLogReader();
    const view = { ...initialLogView, search: '9', isWrapped: true };
    const feed = feedOf(Array.from({ length: 20_000 }, (_line, index) => make(index)));
    layOutWindow(read(feed, view), view, { width: 80, height: 20 });
    takeLooks();
    layOutWindow(read(feed, view), view, { width: 80, height: 20 });
    assert.equal(takeLooks(), 0);
  });
});

test('a list of numbers drops them from the front and finds the others', () => {
  const list = createNumberList();
  for (let number = 0; number < 50_000; number += 2) list.add(number);
  assert.equal(list.indexOf(11), 6);
  list.dropBefore(30_001);
  assert.equal(list.at(0), 30_002);
  assert.equal(list.count, 9_999);
  assert.equal(list.indexOf(30_004), 1);
  assert.equal(list.indexOf(99_999), list.count);
  assert.equal(list.at(-1), undefined);
});
