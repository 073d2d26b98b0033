import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { FleetEvent, WorkloadHealth } from '../../source/events/event.ts';
import type { LogRequest } from '../../source/fleet/actions.ts';
import { createLiveFeed, liveFeedLimit } from '../../source/ui/log-screen/live-feed.ts';
import { fleetOf, start } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';

afterEach(cleanup);

const workload = (name: string, state = 'active'): WorkloadHealth => ({ name, state, detail: '' });

const health = (
  node: string,
  services: readonly WorkloadHealth[],
  containers: readonly WorkloadHealth[] = [],
): FleetEvent => ({ event: 'health', time: start, node, checks: [], services, containers });

const bacalhau = workload('bacalhau.service');
const sensor = workload('sensor.service', 'failed');

describe('l', () => {
  test('offers the services and containers of the node, and follows what is chosen', async () => {
    const { logRequests, press, screen, until } = await show([
      ...fleetOf(2),
      health('us-west-2-1', [bacalhau, sensor], [workload('compose-1', 'running')]),
    ]);
    await press('l');
    assert.match(screen(), /Which log of us-west-2-1\?/);
    assert.match(screen(), /1 {2}bacalhau +service, active/);
    assert.match(screen(), /2 {2}sensor +service, failed/);
    assert.match(screen(), /3 {2}compose-1 +container, running/);
    assert.match(screen(), /4 {2}configure-services/);
    assert.match(screen(), /5 {2}cloud-init/);
    assert.match(screen(), /6 {2}journal/);
    await press('j', keyboard.enter);
    const request = logRequests[0]?.request;
    assert.deepEqual(request?.nodes, ['us-west-2-1']);
    assert.deepEqual(request?.source, { type: 'unit', unit: 'sensor.service' });
    request?.onLine({ node: 'us-west-2-1', time: start, source: 'sensor', message: 'HELLO' });
    await until('HELLO');
    assert.match(screen(), /sensor · us-west-2-1/);
  });

  test('chooses by number', async () => {
    const { logRequests, press } = await show([
      ...fleetOf(1),
      health('us-west-2-1', [], [workload('compose-1', 'running')]),
    ]);
    await press('l', '1', 'q', 'l', '3', 'q', 'l', '4');
    assert.deepEqual(
      logRequests.map(({ request }) => request.source),
      [
        { type: 'container', container: 'compose-1' },
        { type: 'unit', unit: 'cloud-*.service' },
        { type: 'journal' },
      ],
    );
  });

  test('is about the node under the cursor, whatever is selected', async () => {
    const { press, screen } = await show(fleetOf(3));
    await press(' ', ' ', 'l');
    assert.match(screen(), /Which log of us-west-2-3\?/);
  });

  test('ends with its screen', async () => {
    const { logRequests, press, screen } = await show(fleetOf(1));
    await press('l', keyboard.enter);
    assert.equal(logRequests[0]?.signal.aborted, false);
    await press('q');
    assert.equal(logRequests[0]?.signal.aborted, true);
    assert.match(screen(), /NODE/);
  });

  test('closes without a choice', async () => {
    const { logRequests, press, screen } = await show(fleetOf(1));
    await press('l', 'x', keyboard.escape);
    assert.doesNotMatch(screen(), /Which log/);
    assert.deepEqual(logRequests, []);
  });
});

describe('L', () => {
  test('follows a log of all selected nodes that have it, in one', async () => {
    const { logRequests, press, screen, until } = await show([
      ...fleetOf(3),
      health('us-west-2-1', [bacalhau]),
      health('us-west-2-2', [bacalhau, sensor]),
      health('us-west-2-3', [workload('bacalhau.service', 'failed'), sensor]),
    ]);
    await press('*', 'L');
    assert.match(screen(), /Which log of 3 nodes\?/);
    assert.match(screen(), /1 {2}bacalhau +service, 2 active, 1 failed/);
    assert.match(screen(), /2 {2}sensor +service on 2 of 3: 2 failed/);
    await press('2');
    assert.deepEqual(logRequests[0]?.request.nodes, ['us-west-2-2', 'us-west-2-3']);
    assert.match(screen(), /▲ 1 of the nodes has no sensor/);
    const say = logRequests[0]?.request.onLine;
    say?.({ node: 'us-west-2-3', time: start + 2000, source: 'sensor', message: 'SECOND' });
    say?.({ node: 'us-west-2-2', time: start + 1000, source: 'sensor', message: 'FIRST' });
    await until(/FIRST[\s\S]*SECOND/);
    assert.match(screen(), /us-west-2-2.*FIRST/);
  });
});

test('a choice that is longer than the window scrolls', async () => {
  const services = Array.from({ length: 60 }, (_service, index) =>
    workload(`unit-${index}.service`),
  );
  const { lines, logRequests, press, screen, width } = await show([
    ...fleetOf(1),
    health('us-west-2-1', services),
  ]);
  await press('l');
  assert.doesNotMatch(screen(), /unit-50/);
  await press(keyboard.pageDown, keyboard.pageDown, 'G', 'k', 'k', 'k');
  assert.match(screen(), /› +unit-59/);
  assert.equal(lines().length, 24);
  assert.ok(width() <= 80);
  await press(keyboard.enter);
  assert.deepEqual(logRequests[0]?.request.source, { type: 'unit', unit: 'unit-59.service' });
});

describe('a feed of live logs', () => {
  /** A feed whose lines are made by hand. */
  const follow = () => {
    const { promise, reject, resolve } = Promise.withResolvers<void>();
    let request: LogRequest | undefined;
    let signal: AbortSignal | undefined;
    const feed = createLiveFeed({
      actions: {
        followLogs: (asked, until) => {
          request = asked;
          signal = until;
          return promise;
        },
      },
      nodes: ['a', 'b'],
      source: { type: 'journal' },
      lines: 10,
    });
    const line = (node: string, time: number, message = `${node} ${time}`) =>
      request?.onLine({ node, time, source: 'unit', message });
    const settled = async (isSettled: (state: ReturnType<typeof feed.getState>) => boolean) => {
      while (!isSettled(feed.getState())) {
        await new Promise<void>((heard) => {
          const stop = feed.subscribe(() => {
            stop();
            heard();
          });
        });
      }
    };
    return { feed, line, settled, reject, resolve, request: () => request, signal: () => signal };
  };

  test('gathers lines, in the order of their time', async () => {
    const { feed, line, settled } = follow();
    let changes = 0;
    feed.subscribe(() => {
      changes += 1;
    });
    line('a', 1);
    line('a', 3);
    line('b', 2);
    await settled(({ lines }) => lines.length === 3);
    assert.equal(changes, 1);
    assert.deepEqual(
      feed.getState().lines.map(({ time }) => time),
      [1, 2, 3],
    );
    line('b', 0);
    await settled(({ lines }) => lines.length === 4);
    assert.equal(feed.getState().lines[0]?.time, 0);
    feed.close();
  });

  test('drops the oldest lines of too many, and counts them', async () => {
    const { feed, line, settled } = follow();
    for (let time = 0; time < liveFeedLimit + 500; time++) line('a', time);
    await settled(({ lines }) => lines.length > 0);
    const { dropped, lines } = feed.getState();
    assert.deepEqual([dropped, lines.length, lines[0]?.time], [500, liveFeedLimit, 500]);
    feed.close();
  });

  test('tells problems once, with how many nodes have them', async () => {
    const { feed, request, settled } = follow();
    for (const node of ['a', 'b', 'c']) request()?.onProblem(node, 'not followed');
    request()?.onProblem('a', 'no docker');
    await settled(({ problems }) => problems.length === 2);
    assert.deepEqual(feed.getState().problems, ['a and 2 more: not followed', 'a: no docker']);
    feed.close();
  });

  test('says when no more can come, and why', async () => {
    const over = follow();
    over.line('a', 1);
    over.resolve();
    await over.settled(({ isLive }) => !isLive);
    assert.equal(over.feed.getState().lines.length, 1);

    const broken = follow();
    broken.reject(new Error('no way'));
    await broken.settled(({ isLive }) => !isLive);
    assert.deepEqual(broken.feed.getState().problems, ['no way']);
  });

  test('is silent once it is closed', async () => {
    const { feed, line, resolve, signal } = follow();
    let changes = 0;
    feed.subscribe(() => {
      changes += 1;
    });
    line('a', 1);
    feed.close();
    assert.equal(signal()?.aborted, true);
    resolve();
    await new Promise(setImmediate);
    assert.equal(changes, 0);
  });
});
