import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instance } from '../../source/ec2/cloud.ts';
import { fleetAnswer, reservationSet } from './account.ts';
import { patient, startRegion } from './region.ts';
import { rejection } from './rejection.ts';

test('the deployment’s instances are found by tag, over all pages', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  endpoint.on('DescribeInstances', (form) =>
    form.NextToken === undefined
      ? reservationSet(
          [
            {
              id: 'i-1',
              publicAddress: '203.0.113.10',
              privateAddress: '10.0.0.10',
              tags: { 'spot-tui:node': 'us-west-2-1' },
            },
          ],
          'more',
        )
      : reservationSet([
          {
            id: 'i-2',
            state: 'terminated',
            stateReason: 'Server.SpotInstanceTermination',
            zone: 'us-west-2b',
          },
        ]),
  );
  const [first, second] = await cloud.describe(patient());
  assert.deepEqual(first, {
    instanceId: 'i-1',
    region: 'us-west-2',
    zone: 'us-west-2a',
    instanceType: 't3.medium',
    imageId: 'ami-1',
    state: 'running',
    address: '203.0.113.10',
    publicAddress: '203.0.113.10',
    privateAddress: '10.0.0.10',
    launchedAt: Date.parse('2026-05-01T10:00:00.000Z'),
    lifecycle: 'spot',
    tags: {
      'spot-tui:deployment': 'orchard',
      'spot-tui:version': '0.1.0',
      'spot-tui:node': 'us-west-2-1',
    },
  } satisfies Instance);
  assert.equal(second?.state, 'terminated');
  assert.equal(second?.stateReason, 'Server.SpotInstanceTermination');
  assert.equal(second?.address, undefined);
  const [question, next] = endpoint.of('DescribeInstances').map(({ form }) => form);
  assert.equal(question?.['Filter.1.Name'], 'tag:spot-tui:deployment');
  assert.equal(question?.['Filter.1.Value.1'], 'orchard');
  assert.equal(question?.MaxResults, '1000');
  assert.equal(next?.NextToken, 'more');
});

test('a private instance is reached at its private address', async (context) => {
  const { cloud } = await startRegion(context, {
    DescribeInstances: reservationSet([{ id: 'i-1', privateAddress: '10.0.0.10' }]),
  });
  const [instance] = await cloud.describe(patient());
  assert.equal(instance?.address, '10.0.0.10');
  assert.equal(instance?.publicAddress, undefined);
});

test('a launched instance is never missing, however long EC2 takes to show it', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {
    CreateFleet: fleetAnswer([{ ids: ['i-1', 'i-2'] }]),
  });
  await cloud.launch({ count: 2, userData: '{}' }, patient());
  endpoint.on('DescribeInstances', reservationSet([{ id: 'i-2', state: 'running' }]));
  const instances = await cloud.describe(patient());
  assert.deepEqual(
    instances.map(({ instanceId, state, zone }) => [instanceId, state, zone]),
    [
      ['i-2', 'running', 'us-west-2a'],
      ['i-1', 'pending', 'us-west-2a'],
    ],
  );
  assert.equal(instances[1]?.tags['spot-tui:generation'], '1');
  assert.equal(instances[1]?.tags['spot-tui:deployment'], 'orchard');
});

test('a tag that was written is in every later list', async (context) => {
  const { cloud } = await startRegion(context, {
    DescribeInstances: reservationSet([{ id: 'i-1' }]),
  });
  await cloud.tag(new Map([['i-1', { 'spot-tui:node': 'us-west-2-1' }]]), patient());
  const [instance] = await cloud.describe(patient());
  assert.equal(instance?.tags['spot-tui:node'], 'us-west-2-1');
  assert.equal(instance?.tags['spot-tui:deployment'], 'orchard');
});

test('a terminated instance is not alive in any later list', async (context) => {
  const { cloud } = await startRegion(context, {
    DescribeInstances: reservationSet([{ id: 'i-1', state: 'running' }]),
    TerminateInstances: '<instancesSet/>',
  });
  await cloud.terminate(['i-1'], patient());
  const [instance] = await cloud.describe(patient());
  assert.equal(instance?.state, 'shutting-down');
});

test('a watch polls once per interval, whatever the number of nodes, until it is aborted', async (context) => {
  const ids = Array.from({ length: 100 }, (_, index) => ({ id: `i-${index}` }));
  const { cloud, endpoint, calls } = await startRegion(context, {
    DescribeInstances: reservationSet(ids),
  });
  const controller = new AbortController();
  const sizes: number[] = [];
  const started = performance.now();
  for await (const snapshot of cloud.watch({ interval: 40, signal: controller.signal })) {
    sizes.push(snapshot.length);
    if (sizes.length === 4) controller.abort();
  }
  assert.deepEqual(sizes, [100, 100, 100, 100]);
  assert.ok(performance.now() - started >= 3 * 40 - 5, 'it polled faster than asked');
  assert.equal(endpoint.of('DescribeInstances').length, 4);
  assert.equal(calls.total, 4);
});

test('a throttled watch goes on, slower, and says so', async (context) => {
  const troubles: string[] = [];
  const { cloud, endpoint } = await startRegion(
    context,
    {},
    { options: { maximumAttempts: 1, onTrouble: ({ kind }) => troubles.push(kind) } },
  );
  const polls: number[] = [];
  endpoint.on('DescribeInstances', (_, nth) => {
    polls.push(performance.now());
    return nth < 3
      ? { code: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 }
      : reservationSet([{ id: 'i-1' }]);
  });
  const controller = new AbortController();
  for await (const snapshot of cloud.watch({ interval: 20, signal: controller.signal })) {
    assert.equal(snapshot.length, 1);
    controller.abort();
  }
  assert.deepEqual(troubles, ['throttling']);
  const pauses = polls.slice(1).map((time, index) => time - (polls[index] ?? 0));
  assert.ok((pauses[2] ?? 0) > 70, `the third pause was only ${pauses[2]} ms`);
});

test('a watch that can’t go on ends with the error', async (context) => {
  const { cloud } = await startRegion(context, {
    DescribeInstances: { code: 'RequestExpired', message: 'Request has expired.' },
  });
  const watch = cloud.watch({ interval: 10, signal: patient() })[Symbol.asyncIterator]();
  const error = await rejection(watch.next());
  assert.equal(error.kind, 'credentials');
});

test('aborting ends a watch that is in the middle of a poll', async (context) => {
  const { cloud } = await startRegion(context, { DescribeInstances: { raw: () => undefined } });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  for await (const _ of cloud.watch({ interval: 10, signal: controller.signal })) {
    assert.fail('a snapshot out of nothing');
  }
});
