import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInConfig } from '../../source/config/built-in.ts';
import { emptyAccount } from '../ec2/account.ts';
import { startRecordingEndpoint } from '../ec2/recording-endpoint.ts';
import { startAccount } from './launcher.ts';

const { timeouts } = builtInConfig({
  templatesFolder: 'templates',
  privateKeyPath: 'key',
  publicKeyPath: 'key.pub',
});

test('a launch that EC2 does not answer in time fails its nodes with that', async (context) => {
  const { open } = await startAccount(context);
  const endpoint = await startRecordingEndpoint({
    ...emptyAccount(),
    CreateFleet: { raw: () => undefined },
  });
  context.after(() => endpoint.close());
  const launcher = open({
    endpoint: endpoint.url,
    config: { timeouts: { ...timeouts, launching: 1500 } },
  });
  await launcher.create(2);
  for (const node of ['us-west-2-1', 'us-west-2-2']) {
    assert.equal(
      await launcher.failure(node),
      'launching took longer than 1.5 s: EC2 has not answered all that it was asked',
    );
  }
});
