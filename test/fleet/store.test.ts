import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFleetStore } from '../../source/fleet/store.ts';

const log = (node: string, message: string) =>
  ({ event: 'log', time: 0, node, source: 'spot-tui', message }) as const;

test('the state is current as soon as an event was dispatched', () => {
  const store = createFleetStore();
  store.dispatch(log('us-west-2-1', 'hello'));
  assert.equal(store.getState().nodes.get('us-west-2-1')?.log.at(-1)?.message, 'hello');
});

test('a burst of events costs a listener one call, and the last event is never missed', async () => {
  const store = createFleetStore();
  const seen: (string | undefined)[] = [];
  let called = Promise.withResolvers<void>();
  const unsubscribe = store.subscribe(() => {
    seen.push(store.getState().nodes.get('us-west-2-1')?.log.at(-1)?.message);
    called.resolve();
  });
  for (let line = 1; line <= 500; line++) store.dispatch(log('us-west-2-1', `line ${line}`));
  assert.deepEqual(seen, [], 'no call while events are coming in');
  await called.promise;
  assert.deepEqual(seen, ['line 500']);
  called = Promise.withResolvers();
  store.dispatch(log('us-west-2-1', 'the last one'));
  await called.promise;
  assert.deepEqual(seen, ['line 500', 'the last one']);
  unsubscribe();
});

test('a listener that unsubscribed hears nothing more', async () => {
  const store = createFleetStore();
  let calls = 0;
  store.subscribe(() => {
    calls++;
  })();
  const another = Promise.withResolvers<void>();
  store.subscribe(another.resolve);
  store.dispatch(log('us-west-2-1', 'hello'));
  await another.promise;
  assert.equal(calls, 0);
});

test('what an event costs does not grow with the fleet', () => {
  const cost = (nodes: number): number => {
    const store = createFleetStore();
    for (let node = 0; node < nodes; node++) store.dispatch(log(`us-west-2-${node}`, 'hello'));
    store.getState();
    const begin = performance.now();
    for (let line = 0; line < 20_000; line++) {
      store.dispatch(log(`us-west-2-${line % nodes}`, 'hello'));
    }
    store.getState();
    return performance.now() - begin;
  };
  cost(10);
  const [small, large] = [cost(10), cost(5_000)];
  assert.ok(large < 20 * small, `${small} ms for 10 nodes, ${large} ms for 5,000`);
});
