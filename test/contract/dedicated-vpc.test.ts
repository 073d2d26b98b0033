import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { openRegion } from '../ec2/region.ts';
import { startMoto } from './moto.ts';

const temporaryFolder = async (context: TestContext): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-contract-'));
  context.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
};

test('a VPC of the deployment’s own is made, found again and removed in moto', async (context) => {
  const moto = await startMoto(await temporaryFolder(context));
  context.after(() => moto.close());
  const client = new EC2Client({
    region: 'us-west-2',
    endpoint: moto.url,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
  });
  context.after(() => client.destroy());
  const { cloud } = await openRegion(context, moto.url, {
    network: { useDedicatedVpc: true },
    options: { maximumAttempts: 1 },
  });
  const ours = { Filters: [{ Name: 'tag:spot-tui:deployment', Values: ['orchard'] }] };
  const signal = AbortSignal.timeout(60_000);
  const userData = '#cloud-config\n';
  await cloud.prepare({ userData }, signal);
  await cloud.prepare({ userData }, signal);

  const { Vpcs = [] } = await client.send(new DescribeVpcsCommand(ours));
  assert.equal(Vpcs.length, 1);
  const { Subnets = [] } = await client.send(new DescribeSubnetsCommand(ours));
  assert.ok(Subnets.length >= 3);
  assert.equal(
    new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size,
    Subnets.length,
  );
  const { InternetGateways = [] } = await client.send(new DescribeInternetGatewaysCommand(ours));
  assert.equal(InternetGateways[0]?.Attachments?.[0]?.VpcId, Vpcs[0]?.VpcId);
  const { RouteTables = [] } = await client.send(
    new DescribeRouteTablesCommand({
      Filters: [{ Name: 'vpc-id', Values: [Vpcs[0]?.VpcId ?? ''] }],
    }),
  );
  assert.equal(RouteTables.length, 1);
  assert.ok(
    RouteTables[0]?.Routes?.some(
      ({ GatewayId }) => GatewayId === InternetGateways[0]?.InternetGatewayId,
    ),
  );
  assert.deepEqual((await cloud.cleanUp(signal)).left, []);
  assert.deepEqual((await client.send(new DescribeVpcsCommand(ours))).Vpcs, []);
});
