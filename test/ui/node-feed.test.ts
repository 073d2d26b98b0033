import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LogLine } from '../../source/fleet/state.ts';
import { createFleetStore } from '../../source/fleet/store.ts';
import { createNodeFeed, nodeFeedLimit } from '../../source/ui/log-screen/node-feed.ts';
import { enters, logs, start } from './events.ts';

const node = 'us-west-2-1';

const recorded = (count: number, from = 0): LogLine[] =>
  Array.from({ length: count }, (_line, index) => ({
    time: start,
    source: 'cloud-init',
    message: `line ${from + index}`,
  }));

/** A fleet whose node has logged so many lines. */
const fleetThatLogged = (count: number) => {
  const fleet = createFleetStore();
  fleet.dispatch(enters(node, 'booting'));
  const log = (from: number, more: number) => {
    for (let index = 0; index < more; index++) fleet.dispatch(logs(node, `line ${from + index}`));
  };
  log(0, count);
  return { fleet, log };
};

type Feed = ReturnType<typeof createNodeFeed>;

const messages = (feed: Feed) => feed.getState().lines.map(({ message }) => message);

/** Resolves once the feed is so. */
const until = (feed: Feed, isSo: (state: ReturnType<Feed['getState']>) => boolean) =>
  new Promise<void>((resolve) => {
    if (isSo(feed.getState())) {
      resolve();
      return;
    }
    const stop = feed.subscribe(() => {
      if (!isSo(feed.getState())) return;
      stop();
      resolve();
    });
  });

const expected = (count: number, from = 0) => recorded(count, from).map(({ message }) => message);

describe('the log of a node', () => {
  test('begins with what the state still has, and goes on with what comes', async () => {
    const { fleet, log } = fleetThatLogged(250);
    const feed = createNodeFeed({ node, fleet });
    assert.deepEqual(messages(feed), expected(200, 50));
    assert.equal(feed.getState().dropped, 50);
    log(250, 3);
    await until(feed, ({ lines }) => lines.length === 203);
    assert.deepEqual(messages(feed), expected(203, 50));
    feed.close();
  });

  test('begins with what was recorded of the run', async () => {
    const { fleet } = fleetThatLogged(250);
    const feed = createNodeFeed({ node, fleet, readLog: async () => recorded(250) });
    await until(feed, ({ lines }) => lines.length === 250);
    assert.deepEqual(messages(feed), expected(250));
    assert.equal(feed.getState().dropped, 0);
    feed.close();
  });

  for (const [name, count] of [
    ['behind', 240],
    ['ahead of', 255],
  ] as const) {
    test(`has each line once where the recording is ${name} what is shown`, async () => {
      const { fleet } = fleetThatLogged(250);
      const feed = createNodeFeed({ node, fleet, readLog: async () => recorded(count) });
      await until(feed, ({ lines }) => lines.length > 200);
      assert.deepEqual(messages(feed), expected(250));
      feed.close();
    });
  }

  test('has each line once where it goes on while the recording is read', async () => {
    const { fleet, log } = fleetThatLogged(250);
    const reading = Promise.withResolvers<readonly LogLine[]>();
    const feed = createNodeFeed({ node, fleet, readLog: () => reading.promise });
    log(250, 30);
    reading.resolve(recorded(270));
    await until(feed, ({ dropped }) => dropped === 0);
    await until(feed, ({ lines }) => lines.length === 280);
    assert.deepEqual(messages(feed), expected(280));
    feed.close();
  });

  test('keeps the numbers of lines when older ones are put before them', async () => {
    const { fleet } = fleetThatLogged(250);
    const feed = createNodeFeed({ node, fleet, readLog: async () => recorded(250) });
    const numberOf = (message: string) => feed.getState().dropped + messages(feed).indexOf(message);
    const before = numberOf('line 100');
    await until(feed, ({ lines }) => lines.length === 250);
    assert.equal(numberOf('line 100'), before);
    feed.close();
  });

  test('says how many lines came faster than they could be shown', async () => {
    const { fleet, log } = fleetThatLogged(1);
    const feed = createNodeFeed({ node, fleet });
    log(1, 500);
    await until(feed, ({ lines }) => lines.length > 1);
    assert.match(messages(feed)[1] ?? '', /^300 lines came faster/);
    assert.deepEqual(messages(feed).slice(2), expected(200, 301));
    feed.close();
  });

  test('is bounded', async () => {
    const { fleet, log } = fleetThatLogged(0);
    const feed = createNodeFeed({ node, fleet, readLog: async () => recorded(nodeFeedLimit) });
    await until(feed, ({ lines }) => lines.length > 0);
    log(nodeFeedLimit, 50);
    await until(feed, ({ lines }) => lines.at(-1)?.message === `line ${nodeFeedLimit + 49}`);
    assert.equal(feed.getState().lines.length, nodeFeedLimit);
    assert.equal(messages(feed)[0], 'line 50');
    feed.close();
  });

  test('says why what was recorded can’t be read, and goes on', async () => {
    const { fleet, log } = fleetThatLogged(1);
    const feed = createNodeFeed({
      node,
      fleet,
      readLog: async () => {
        throw new Error('permission denied');
      },
    });
    await until(feed, ({ problems }) => problems.length > 0);
    assert.match(feed.getState().problems[0] ?? '', /can't be read: permission denied/);
    log(1, 1);
    await until(feed, ({ lines }) => lines.length === 2);
    feed.close();
  });

  test('goes back where a recording that is played does', async () => {
    const { fleet } = fleetThatLogged(20);
    let earlier: typeof fleet | undefined;
    const feed = createNodeFeed({
      node,
      fleet: { ...fleet, getState: () => (earlier ?? fleet).getState() },
    });
    earlier = fleetThatLogged(5).fleet;
    fleet.dispatch(logs('us-west-2-2', 'something else'));
    await until(feed, ({ lines }) => lines.length === 5);
    assert.deepEqual(messages(feed), expected(5));
    feed.close();
  });

  test('is over once the node is gone, and stays', async () => {
    const { fleet } = fleetThatLogged(3);
    const feed = createNodeFeed({ node, fleet });
    const event = { event: 'phase', phase: 'terminated', reason: 'asked for' } as const;
    fleet.dispatch({ ...event, node, time: start });
    await until(feed, ({ isLive }) => !isLive);
    assert.deepEqual(messages(feed), expected(3));
    feed.close();
  });

  test('ends when it is closed', async () => {
    const { fleet, log } = fleetThatLogged(3);
    const feed = createNodeFeed({ node, fleet });
    feed.close();
    log(3, 2);
    await new Promise<void>((resolve) => {
      const stop = fleet.subscribe(() => {
        stop();
        resolve();
      });
      log(5, 1);
    });
    assert.equal(feed.getState().lines.length, 3);
  });
});
