import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { reservationSet } from './account.ts';
import { withEnvironment } from './environment.ts';
import { openRegion, patient, startRegion } from './region.ts';

for (const variable of ['AWS_ENDPOINT_URL_EC2', 'AWS_ENDPOINT_URL']) {
  test(`${variable} leads every request to another endpoint`, async (context) => {
    const { endpoint } = await startRegion(context);
    await withEnvironment({ [variable]: endpoint.url }, async () => {
      const { cloud } = await openRegion(context, undefined);
      await cloud.prepare({ userData: '{}' }, patient());
    });
    assert.ok(endpoint.of('CreateLaunchTemplate').length > 0);
  });
}

test('every request that goes out is counted, retries and pages included', async (context) => {
  const { cloud, endpoint, calls } = await startRegion(context);
  endpoint.on('DescribeInstances', (_, nth) => {
    if (nth === 0)
      return { code: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 };
    if (nth === 1) return reservationSet([{ id: 'i-1' }], 'more');
    return reservationSet([{ id: 'i-2' }]);
  });
  const instances = await cloud.describe(patient());
  assert.equal(instances.length, 2);
  assert.equal(endpoint.requests.length, 3);
  assert.equal(calls.total, 3);
  assert.deepEqual([...calls.byAction], [['DescribeInstances', 3]]);
});

test('requests reuse their connection and say who sends them', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  await cloud.describe(patient());
  const [request] = endpoint.requests;
  assert.match(String(request?.headers['user-agent']), /spot-tui\/0\.1\.0/);
  assert.equal(request?.headers.connection, 'keep-alive');
  assert.match(String(request?.headers.authorization), /us-west-2\/ec2\/aws4_request/);
});

test('the configured profile signs the requests', async (context) => {
  const { endpoint, folder } = await startRegion(context);
  const file = path.join(folder, 'credentials');
  await writeFile(
    file,
    '[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = x\n' +
      '[orchard]\naws_access_key_id = AKIAORCHARD\naws_secret_access_key = x\n',
  );
  await withEnvironment(
    { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: path.join(folder, 'none') },
    async () => {
      const { cloud } = await openRegion(context, endpoint.url, {
        config: { profile: 'orchard' },
        findCredentials: true,
      });
      await cloud.describe(patient());
    },
  );
  assert.match(String(endpoint.requests[0]?.headers.authorization), /Credential=AKIAORCHARD\//);
});

test('the configured profile’s own endpoint is used', async (context) => {
  const { endpoint, folder } = await startRegion(context);
  const file = path.join(folder, 'config');
  await writeFile(
    file,
    `[profile orchard]\nendpoint_url = ${endpoint.url}\n` +
      'aws_access_key_id = AKIAORCHARD\naws_secret_access_key = x\n',
  );
  await withEnvironment(
    { AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'none'), AWS_CONFIG_FILE: file },
    async () => {
      const { cloud } = await openRegion(context, undefined, {
        config: { profile: 'orchard' },
        options: { maximumAttempts: 1 },
      });
      await cloud.describe(AbortSignal.timeout(3_000));
    },
  );
  assert.equal(endpoint.of('DescribeInstances').length, 1);
});
