import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instance } from '../../source/ec2/cloud.ts';
import { priceInstances } from '../../source/fleet/instance-prices.ts';
import { startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import { Machines } from '../sandbox/machines.ts';
import { withEnvironment } from './environment.ts';
import { openAccountCloud, openRegion, patient } from './region.ts';
import { rejection } from './rejection.ts';

const startSandbox = async () => startEndpoint({ hypervisor: new Machines() });

test('what types cost on demand is asked of the price list, in the region of the nodes', async (context) => {
  const endpoint = await startSandbox();
  context.after(() => endpoint.close());
  const { calls, cloud } = await openRegion(context, endpoint.url, {
    region: { instanceTypes: ['t3.medium', 'm5.large'] },
  });
  // Of Linux in use, not of Windows, nor of what is reserved.
  assert.deepEqual(
    new Map([...(await cloud.onDemandPrices(patient()))].sort()),
    new Map([
      ['m5.large', 0.096],
      ['t3.medium', 0.0416],
    ]),
  );
  assert.equal(calls.byAction.get('GetProducts'), 2);
  const far = await openRegion(context, endpoint.url, { region: { region: 'eu-west-1' } });
  const price = (await far.cloud.onDemandPrices(patient())).get('t3.medium') ?? 0;
  assert.ok(price > 0.0416 && price < 0.06, String(price));
});

test('a type that the price list does not have has no price', async (context) => {
  const endpoint = await startSandbox();
  context.after(() => endpoint.close());
  const { cloud } = await openRegion(context, endpoint.url);
  const prices = await cloud.onDemandPrices(patient(), ['t3.large', 'x99.huge']);
  assert.deepEqual([...prices.keys()], ['t3.large']);
});

test('they are known of all deployments in an account, as those of spot are', async (context) => {
  const endpoint = await startSandbox();
  context.after(() => endpoint.close());
  const cloud = openAccountCloud(context, endpoint.url);
  const running = (instanceId: string, lifecycle: Instance['lifecycle']): Instance => ({
    instanceId,
    lifecycle,
    region: 'us-west-2',
    zone: 'us-west-2a',
    instanceType: 't3.medium',
    state: 'running',
    imageId: 'ami-0abcdef1234567890',
    launchedAt: 0,
    tags: {},
  });
  const instances = [running('i-1', 'spot'), running('i-2', 'on-demand')];
  const { prices, problems } = await priceInstances([cloud], instances, patient());
  assert.deepEqual(problems, []);
  assert.equal(prices.get('i-2'), 0.0416);
  assert.ok((prices.get('i-1') ?? 1) < 0.0416);
});

test('a price list that may not be read says which permission is missing', async (context) => {
  const endpoint = await startSandbox();
  context.after(() => endpoint.close());
  await endpoint.injectFault({
    kind: 'deny',
    action: 'GetProducts',
    code: 'AccessDeniedException',
    message: 'User: someone is not authorized to perform: pricing:GetProducts',
  });
  const { cloud } = await openRegion(context, endpoint.url);
  const error = await rejection(cloud.onDemandPrices(patient()));
  assert.equal(error.kind, 'permission');
  assert.match(error.message, /^us-west-2: can't look up on-demand prices: User: someone/);
  assert.match(error.hint, /pricing:GetProducts/);
});

test('where EC2 is not AWS, AWS is not asked for prices', async (context) => {
  const endpoint = await startSandbox();
  context.after(() => endpoint.close());
  await withEnvironment({ AWS_ENDPOINT_URL_EC2: endpoint.url }, async () => {
    const { calls, cloud } = await openRegion(context, undefined);
    assert.equal((await cloud.onDemandPrices(patient())).size, 0);
    await cloud.describe(patient());
    assert.equal((await cloud.onDemandPrices(patient())).size, 0);
    assert.equal(calls.byAction.get('GetProducts'), undefined);
  });
  await withEnvironment({ AWS_ENDPOINT_URL: endpoint.url }, async () => {
    const { cloud } = await openRegion(context, undefined);
    assert.equal((await cloud.onDemandPrices(patient())).get('t3.medium'), 0.0416);
  });
});
