import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeVpcsCommand,
  EC2Client,
  GetConsoleOutputCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { FaultFailure } from '../../../source/sandbox/endpoint/inject-fault.ts';
import type { FaultRequest } from '../../../source/sandbox/fault.ts';
import { ManualClock } from '../manual-clock.ts';
import { latestImage, refuses, startCloud } from './region-under-test.ts';

/** A cloud with one spot instance that is the node us-west-2-1. */
const startNode = async (context: TestContext) => {
  const clock = new ManualClock();
  const cloud = await startCloud(context, { clock });
  const ec2 = cloud.region();
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: await latestImage(ec2),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      InstanceMarketOptions: { MarketType: 'spot' },
      TagSpecifications: [
        { ResourceType: 'instance', Tags: [{ Key: 'spot-tui:node', Value: 'us-west-2-1' }] },
      ],
    }),
  );
  const id = String(Instances[0]?.InstanceId);
  const describe = async () => {
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [id] }),
    );
    return Reservations[0]?.Instances?.[0];
  };
  const spotStatus = async () => {
    const { SpotInstanceRequests = [] } = await ec2.send(
      new DescribeSpotInstanceRequestsCommand({}),
    );
    return SpotInstanceRequests[0]?.Status?.Code;
  };
  return { ...cloud, clock, ec2, id, describe, spotStatus };
};

test('EC2 takes a spot instance back two minutes after it said so', async (context) => {
  const { endpoint, clock, describe, spotStatus, id } = await startNode(context);
  const answer = await endpoint.injectFault({ kind: 'reclaim', target: 'us-west-2-1' });
  assert.deepEqual(answer.instanceIds, [id]);
  assert.equal(await spotStatus(), 'marked-for-termination');
  await clock.pass(119_000);
  assert.equal((await describe())?.State?.Name, 'running');
  await clock.pass(1_000);
  const gone = await describe();
  assert.equal(gone?.State?.Name, 'terminated');
  assert.equal(gone.StateReason?.Code, 'Server.SpotInstanceTermination');
  assert.equal(gone.StateTransitionReason, 'Server.SpotInstanceTermination');
  assert.equal(await spotStatus(), 'instance-terminated-no-capacity');
});

test('EC2 takes a spot instance back at once, by address', async (context) => {
  const { endpoint, describe } = await startNode(context);
  await describe();
  await endpoint.injectFault({ kind: 'reclaim', target: '127.0.0.1:2201', noticeSeconds: 0 });
  assert.equal((await describe())?.State?.Name, 'terminated');
});

test('EC2 says that the risk of an interruption has risen, and takes nothing', async (context) => {
  const { endpoint, clock, describe, machines, id } = await startNode(context);
  const answer = await endpoint.injectFault({ kind: 'rebalance', target: 'us-west-2-1' });
  assert.deepEqual(answer.instanceIds, [id]);
  assert.deepEqual(machines.rebalanced, [[id, clock.now()]]);
  await clock.pass(600_000);
  assert.equal((await describe())?.State?.Name, 'running');
});

test('requests are throttled by pattern, as often and as long as one likes', async (context) => {
  const { endpoint, clock, ec2, region } = await startNode(context);
  const ask = (client = ec2) => client.send(new DescribeVpcsCommand({}));
  await endpoint.injectFault({ kind: 'throttle', action: 'Describe*', count: 2 });
  const error = await refuses(ask(), 'RequestLimitExceeded', /Request limit exceeded/);
  assert.equal(error.$metadata.httpStatusCode, 503);
  await refuses(ask(), 'RequestLimitExceeded');
  await ask();
  await endpoint.injectFault({ kind: 'throttle', region: 'us-west-2', seconds: 10 });
  await refuses(ask(), 'RequestLimitExceeded');
  await ask(region('us-east-1'));
  await clock.pass(10_000);
  await ask();
  await endpoint.injectFault({ kind: 'throttle' });
  await refuses(ask(), 'RequestLimitExceeded');
  endpoint.clearFaults();
  await ask();
});

test('the SDK tries a throttled request again by itself', async (context) => {
  const { endpoint, region } = await startCloud(context);
  await region().send(new DescribeVpcsCommand({}));
  await endpoint.injectFault({ kind: 'throttle', count: 1 });
  const patient = new EC2Client({
    region: 'us-west-2',
    endpoint: endpoint.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 2,
  });
  context.after(() => patient.destroy());
  const { $metadata } = await patient.send(new DescribeVpcsCommand({}));
  assert.equal($metadata.attempts, 2);
  assert.equal(endpoint.ledger.callCount('DescribeVpcs'), 3);
});

test('permissions and credentials can be missing', async (context) => {
  const { endpoint, ec2 } = await startNode(context);
  const ask = () => ec2.send(new DescribeVpcsCommand({}));
  for (const [code, status] of [
    ['UnauthorizedOperation', 403],
    ['AuthFailure', 401],
    ['RequestExpired', 400],
    ['InternalError', 500],
  ] as const) {
    await endpoint.injectFault({ kind: 'deny', action: 'DescribeVpcs', code, count: 1 });
    const error = await refuses(ask(), code);
    assert.equal(error.$metadata.httpStatusCode, status);
  }
  await ask();
});

test('machines are harmed by those who make them, and consoles fall silent', async (context) => {
  const { endpoint, machines, ec2, id } = await startNode(context);
  await endpoint.injectFault({ kind: 'cut-ssh', target: id });
  assert.deepEqual(machines.faults, [[id, 'cut-ssh']]);
  const output = async () =>
    (await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }))).Output;
  assert.ok(await output());
  await endpoint.injectFault({ kind: 'silence-console', target: id });
  assert.equal(await output(), undefined);
  await assert.rejects(endpoint.injectFault({ kind: 'fill-disk', target: id }), (error) => {
    assert.ok(error instanceof FaultFailure);
    assert.match(error.message, /this machine has no disk/);
    return true;
  });
});

test('consoles of machines that are still to come fall silent, in a region or everywhere', async (context) => {
  const { endpoint, ec2, id } = await startNode(context);
  const output = async () =>
    (await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }))).Output;
  assert.deepEqual(await endpoint.injectFault({ kind: 'silence-console', target: 'eu-west-1' }), {
    instanceIds: [],
  });
  assert.ok(await output());
  for (const target of [{ target: 'us-west-2' }, {}]) {
    await endpoint.injectFault({ kind: 'silence-console', ...target });
    assert.equal(await output(), undefined);
    endpoint.clearFaults();
    assert.ok(await output());
  }
});

test('a fault that hits nobody says who there is', async (context) => {
  const { endpoint, ec2, id } = await startNode(context);
  const fail = async (target: string, message: RegExp, hint: RegExp) =>
    assert.rejects(endpoint.injectFault({ kind: 'reboot', target }), (error) => {
      assert.ok(error instanceof FaultFailure);
      assert.match(error.message, message);
      assert.match(error.hint, hint);
      return true;
    });
  await fail('us-west-2-7', /us-west-2-7/, /There are: us-west-2-1/);
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: await latestImage(ec2),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  const second = String(Instances[0]?.InstanceId);
  await ec2.send(
    new CreateTagsCommand({
      Resources: [second],
      Tags: [{ Key: 'spot-tui:node', Value: 'us-west-2-1' }],
    }),
  );
  await fail('us-west-2-1', /2 nodes/, new RegExp(`${id}, ${second}`));
  await assert.rejects(
    endpoint.injectFault({ kind: 'reclaim', target: second }),
    /is not a spot instance/,
  );
  await assert.rejects(
    endpoint.injectFault({ kind: 'rebalance', target: second }),
    /is not a spot instance/,
  );
});

test('the control interface does the same over HTTP, for those who have the token', async (context) => {
  const { endpoint, machines, id } = await startNode(context);
  const ask = async (
    method: string,
    path: string,
    body?: FaultRequest | string,
    token?: string,
  ) => {
    const response = await fetch(`${endpoint.url}/sandbox${path}`, {
      method,
      headers: { authorization: `Bearer ${token ?? endpoint.controlToken}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return [response.status, await response.json()];
  };
  assert.equal((await ask('GET', '/status', undefined, 'wrong'))[0], 401);
  assert.deepEqual(await ask('GET', '/status'), [
    200,
    {
      nodes: [
        {
          instanceId: id,
          node: 'us-west-2-1',
          region: 'us-west-2',
          zone: 'us-west-2a',
          instanceType: 't3.micro',
          state: 'running',
          address: '127.0.0.1',
          sshPort: 2201,
        },
      ],
    },
  ]);
  assert.deepEqual(await ask('POST', '/faults', { kind: 'reboot', target: id }), [
    200,
    { instanceIds: [id] },
  ]);
  assert.deepEqual(machines.faults, [[id, 'reboot']]);
  const [status, refusal] = await ask('POST', '/faults', { kind: 'reboot', target: 'apple' });
  assert.equal(status, 409);
  assert.match(JSON.stringify(refusal), /No running node is called apple/);
  const [badStatus, bad] = await ask('POST', '/faults', 'nonsense');
  assert.equal(badStatus, 400);
  assert.match(JSON.stringify(bad), /expected object/);
  await ask('POST', '/faults', { kind: 'throttle', action: 'CreateFleet' });
  assert.match(JSON.stringify(await ask('GET', '/faults')), /"action":"CreateFleet"/);
  await ask('DELETE', '/faults');
  assert.deepEqual(await ask('GET', '/faults'), [200, { faults: [] }]);
  assert.match(JSON.stringify(await ask('GET', '/ledger')), /"type":"launched"/);
  assert.equal((await ask('POST', '/stop'))[0], 404);
  assert.equal((await ask('GET', '/apple'))[0], 404);
});

test('a fault for a region that does not exist is refused: it would strike nothing', async (context) => {
  const { endpoint } = await startCloud(context);
  for (const kind of ['refuse-capacity', 'throttle', 'deny'] as const) {
    await assert.rejects(
      endpoint.injectFault({ kind, region: 'us-wst-2' }),
      (error) => error instanceof FaultFailure && /no region us-wst-2/.test(error.message),
    );
    await endpoint.injectFault({ kind, region: 'us-west-2' });
  }
});
