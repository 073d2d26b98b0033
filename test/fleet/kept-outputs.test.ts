import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { keepOutputs, outputLimit } from '../../source/fleet/kept-outputs.ts';
import { emptyFleet, reduceAll } from '../../source/fleet/reducer.ts';

const asks = (id: number, nodes: readonly string[]): FleetEvent => ({
  event: 'action',
  time: 0,
  id,
  action: 'exec',
  state: 'started',
  nodes,
  by: 'ann@desk',
});

const prints = (id: number, node: string, output: readonly string[]): FleetEvent => ({
  event: 'action-result',
  time: 1,
  id,
  action: 'exec',
  node,
  status: 'succeeded',
  detail: 'exit status 0',
  exitStatus: 0,
  output,
});

const gone = ['(its output is no longer kept)'];

test('the oldest outputs go first, and what came of the nodes stays', () => {
  const { actions } = reduceAll(emptyFleet, [
    asks(1, ['a', 'b']),
    prints(1, 'a', ['12345', '67890']),
    prints(1, 'b', ['1234567890']),
    asks(2, ['a']),
    prints(2, 'a', ['1234567890']),
  ]);
  assert.equal(keepOutputs(actions, 30), actions, 'all of it is kept while there is room');
  const [first, second] = keepOutputs(actions, 29);
  assert.deepEqual(first?.results.get('a')?.output, gone);
  assert.equal(first?.results.get('a')?.detail, 'exit status 0');
  assert.deepEqual(first?.results.get('b')?.output, ['1234567890']);
  assert.equal(first?.outputSize, 10);
  assert.deepEqual(second?.results.get('a')?.output, ['1234567890']);
});

test('what the fleet’s state holds of outputs has an end, however many nodes print', () => {
  const lines = ['x'.repeat(64 * 1024)];
  const nodes = Array.from({ length: 1100 }, (_node, index) => `node-${index + 1}`);
  const { actions } = reduceAll(emptyFleet, [
    asks(1, nodes),
    ...nodes.map((node) => prints(1, node, lines)),
  ]);
  const results = [...(actions[0]?.results.values() ?? [])];
  assert.equal(results.length, nodes.length);
  const held = results.flatMap(({ output = [] }) => output).join('').length;
  assert.ok(held <= outputLimit + nodes.length * gone.join('').length, `${held} characters`);
  assert.deepEqual(results[0]?.output, gone);
  assert.deepEqual(results.at(-1)?.output, lines);
});

test('a state that was shown does not change by what comes later', () => {
  const before = reduceAll(emptyFleet, [asks(1, ['a', 'b']), prints(1, 'a', ['one'])]);
  reduceAll(before, [prints(1, 'b', ['two']), prints(1, 'a', ['three'])]);
  const results = before.actions[0]?.results;
  assert.equal(results?.size, 1);
  assert.deepEqual(results?.get('a')?.output, ['one']);
});
