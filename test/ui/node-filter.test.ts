import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { emptyFleet, reduce } from '../../source/fleet/reducer.ts';
import type { NodeState } from '../../source/fleet/state.ts';
import { matchesFilter, parseFilter } from '../../source/ui/fleet-screen/node-filter.ts';
import { enters, fails, logs, runsOn, start } from './events.ts';

const fleet = [
  enters('us-west-2-1', 'ready'),
  runsOn('us-west-2-1', {
    instanceId: 'i-0aa',
    instanceType: 't3.medium',
    publicAddress: '54.1.2.3',
  }),
  enters('us-west-2-2', 'configuring'),
  runsOn('us-west-2-2', {
    instanceId: 'i-0bb',
    instanceType: 'm6i.large',
    address: '2001:db8::17',
  }),
  logs('us-west-2-2', 'a line about gibbons'),
  fails('us-west-2-2', 'Address already in use'),
  enters('eu-west-1-1', 'ready'),
  runsOn('eu-west-1-1', {
    zone: 'eu-west-1c',
    instanceType: 't3.large',
    lifecycle: 'on-demand',
    rebalanceSince: start,
    hostKey: 'pinned',
  }),
  enters('eu-west-1-2', 'pending'),
].reduce(reduce, emptyFleet);

/** The nodes that a filter lets through. */
const found = (filter: string) =>
  [...fleet.nodes.values()]
    .filter((node) => matchesFilter(parseFilter(filter), node))
    .map(({ name }) => name);

const all = ['us-west-2-1', 'us-west-2-2', 'eu-west-1-1', 'eu-west-1-2'];

describe('a filter', () => {
  test('finds plain words in all that is known of a node', () => {
    const west = ['us-west-2-1', 'us-west-2-2'];
    assert.deepEqual(found('us-west'), west, 'name');
    assert.deepEqual(found('rebalance'), ['eu-west-1-1'], 'what EC2 recommends');
    assert.deepEqual(found('unverified'), ['eu-west-1-1'], 'whose host key nobody vouches for');
    assert.deepEqual(found('i-0bb'), ['us-west-2-2'], 'instance id');
    assert.deepEqual(found('m6i'), ['us-west-2-2'], 'type');
    assert.deepEqual(found('1c'), ['eu-west-1-1'], 'zone');
    assert.deepEqual(found('54.1.2.3'), ['us-west-2-1'], 'public address');
    assert.deepEqual(found('db8::17'), ['us-west-2-2'], 'address');
    assert.deepEqual(found('pend'), ['eu-west-1-2'], 'phase');
    assert.deepEqual(found('in use'), ['us-west-2-2'], 'reason');
    assert.deepEqual(found('gibbons'), [], 'the log is searched on the page of the node');
  });

  test('does not care for upper and lower case', () => {
    assert.deepEqual(found('ADDRESS'), ['us-west-2-2']);
    assert.deepEqual(found('PHASE:Failed'), ['us-west-2-2']);
  });

  test('wants all of its words', () => {
    assert.deepEqual(found('us-west t3'), ['us-west-2-1']);
    assert.deepEqual(found('us-west eu-west'), []);
    assert.deepEqual(found('  us-west\t t3  '), ['us-west-2-1']);
  });

  test('looks where the field says and nowhere else', () => {
    assert.deepEqual(found('phase:ready'), ['us-west-2-1', 'eu-west-1-1']);
    assert.deepEqual(found('phase:al'), []);
    assert.deepEqual(found('region:us-west-2'), ['us-west-2-1', 'us-west-2-2']);
    assert.deepEqual(found('zone:1c'), ['eu-west-1-1']);
    assert.deepEqual(found('type:t3'), ['us-west-2-1', 'eu-west-1-1']);
    assert.deepEqual(found('on-demand'), ['eu-west-1-1']);
    assert.deepEqual(found('node:1-2'), ['eu-west-1-2']);
  });

  test('leaves out what ! stands before', () => {
    assert.deepEqual(found('!us-west'), ['eu-west-1-1', 'eu-west-1-2']);
    assert.deepEqual(found('!phase:ready'), ['us-west-2-2', 'eu-west-1-2']);
    assert.deepEqual(found('!type:t3 !phase:pending'), ['us-west-2-2']);
  });

  test('never hides a node that is not ready by !ready, whatever its reason says', () => {
    assert.deepEqual(found('!ready'), ['us-west-2-2', 'eu-west-1-2']);
  });

  test('takes a field that it does not know as text', () => {
    assert.deepEqual(found('foo:bar'), []);
    assert.deepEqual(found('2001:db8'), ['us-west-2-2']);
  });

  test('lets all through as long as nothing complete is typed', () => {
    for (const filter of ['', '  ', '!', 'phase:', '!zone:']) assert.deepEqual(found(filter), all);
    assert.deepEqual(found('phase: t3'), ['us-west-2-1', 'eu-west-1-1']);
  });

  test('finds every node by its own facts, and none by their opposite', () => {
    const node = fc.constantFrom(...fleet.nodes.values());
    const fieldOf = (one: NodeState) =>
      fc.constantFrom(
        `node:${one.name}`,
        `phase:${one.phase}`,
        `region:${one.region}`,
        one.name,
        one.phase,
      );
    fc.assert(
      fc.property(
        node.chain((one) => fc.tuple(fc.constant(one), fieldOf(one))),
        ([one, text]) => {
          assert.ok(matchesFilter(parseFilter(text), one));
          assert.ok(!matchesFilter(parseFilter(`!${text}`), one));
        },
      ),
    );
  });

  test('never throws, and never becomes less strict by another word', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc
        .tuple(
          fc.constantFrom('', '!', '!!'),
          fc.constantFrom('phase:', 'zone:', 'foo:', ':', ''),
          fc.constantFrom('ready', 'a', '', '(', '\\', '*'),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(word, word, (one, other) => {
        const fewer = found(`${one} ${other}`);
        for (const name of fewer) assert.ok(found(one).includes(name));
      }),
    );
  });
});
