import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patient, startRegion } from './region.ts';

const consoleAnswer = (text: string): string =>
  '<instanceId>i-1</instanceId><timestamp>2026-05-01T10:00:00.000Z</timestamp>' +
  `<output>${Buffer.from(text).toString('base64')}</output>`;

test('the console is read as it is now', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {
    GetConsoleOutput: consoleAnswer('ci-info: SHA256:x\nlogin: ü\n'),
  });
  assert.equal(await cloud.consoleOutput('i-1', patient()), 'ci-info: SHA256:x\nlogin: ü\n');
  assert.equal(endpoint.of('GetConsoleOutput')[0]?.form.Latest, 'true');
});

test('an instance that can’t show its console live shows what EC2 kept', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  endpoint.on('GetConsoleOutput', (form) =>
    form.Latest === 'true'
      ? {
          code: 'UnsupportedOperation',
          message: 'This instance type does not support retrieving the latest console logs.',
        }
      : consoleAnswer('kept'),
  );
  assert.equal(await cloud.consoleOutput('i-1', patient()), 'kept');
});

test('a console with nothing on it, or of an instance not known yet, is empty', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {
    GetConsoleOutput: '<instanceId>i-1</instanceId>',
  });
  assert.equal(await cloud.consoleOutput('i-1', patient()), '');
  endpoint.on('GetConsoleOutput', {
    code: 'InvalidInstanceID.NotFound',
    message: "The instance ID 'i-1' does not exist",
  });
  assert.equal(await cloud.consoleOutput('i-1', patient()), '');
});

test('spot prices are the ones in force, cheapest first', async (context) => {
  const price = (zone: string, dollars: string, time: string) =>
    `<item><instanceType>t3.medium</instanceType><productDescription>Linux/UNIX</productDescription>` +
    `<spotPrice>${dollars}</spotPrice><timestamp>${time}</timestamp>` +
    `<availabilityZone>${zone}</availabilityZone></item>`;
  const { cloud, endpoint } = await startRegion(context, {
    DescribeSpotPriceHistory: `<spotPriceHistorySet>${[
      price('us-west-2a', '0.016400', '2026-05-01T08:00:00.000Z'),
      price('us-west-2a', '0.015000', '2026-05-01T09:00:00.000Z'),
      price('us-west-2b', '0.012500', '2026-05-01T07:00:00.000Z'),
    ].join('')}</spotPriceHistorySet><nextToken></nextToken>`,
  });
  assert.deepEqual(await cloud.spotPrices(patient()), [
    { instanceType: 't3.medium', zone: 'us-west-2b', price: 0.0125 },
    { instanceType: 't3.medium', zone: 'us-west-2a', price: 0.015 },
  ]);
  const question = endpoint.of('DescribeSpotPriceHistory')[0]?.form ?? {};
  assert.equal(question['ProductDescription.1'], 'Linux/UNIX');
  assert.equal(question['InstanceType.1'], 't3.medium');
  assert.equal(question.StartTime, question.EndTime);
});
