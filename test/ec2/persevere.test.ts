import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { watchForWakes } from '../../source/time/wake-watch.ts';
import { emptyAccount, reservationSet } from './account.ts';
import type { Answer, Handler } from './recording-endpoint.ts';
import { openRegion, patient, startRegion } from './region.ts';
import { rejection } from './rejection.ts';

const throttled: Answer = {
  code: 'RequestLimitExceeded',
  message: 'Request limit exceeded.',
  status: 503,
};

const raw = (answer: (response: ServerResponse) => void): Answer => ({ raw: answer });

const complete =
  '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">' +
  `${reservationSet([{ id: 'i-1' }, { id: 'i-2' }])}</DescribeInstancesResponse>`;

/** What may come back instead of an answer, and is over a moment later. */
const troubles: Readonly<Record<string, Answer>> = {
  'is throttled': throttled,
  'hears of an internal error': { code: 'InternalError', message: 'An error', status: 500 },
  'finds the service unavailable': { code: 'Unavailable', message: 'The service is', status: 503 },
  'loses the connection': raw((response) => response.destroy()),
  'loses the connection within the answer': raw((response) => {
    response.writeHead(200, { 'content-length': complete.length });
    response.write(complete.slice(0, 300), () => response.destroy());
  }),
  'gets an answer whose end is missing': raw((response) => response.end(complete.slice(0, -400))),
  'gets garbage': raw((response) => response.end('\u0000\u0001 what?')),
  'gets nothing': raw((response) => response.end()),
  'gets a proxy’s page': raw((response) => {
    response.writeHead(502, { 'content-type': 'text/html' });
    response.end('<html><body>Bad Gateway</body></html>');
  }),
  'gets a sign-in page': raw((response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html><body>Welcome to our hotel</body></html>');
  }),
};

/** Answers one thing for so many requests, then another. */
const first =
  (count: number, trouble: Answer, then: Answer): Handler =>
  (_, nth) =>
    nth < count ? trouble : then;

const patience = { firstPause: 1, visibility: 100, trouble: 60_000, release: 100, longestPoll: 20 };

for (const [what, trouble] of Object.entries(troubles)) {
  test(`a call that ${what} for a while is only slower, and says so once`, async (context) => {
    const told: string[] = [];
    const { cloud, endpoint } = await startRegion(
      context,
      {},
      {
        options: {
          patience,
          maximumAttempts: 1,
          onTrouble: ({ message }) => told.push(message),
          onRecovery: () => told.push('recovered'),
        },
      },
    );
    await cloud.describe(patient());
    endpoint.on('DescribeInstances', first(4, trouble, reservationSet([{ id: 'i-1' }])));
    const instances = await cloud.describe(patient());
    assert.deepEqual(
      instances.map(({ instanceId }) => instanceId),
      ['i-1'],
    );
    assert.equal(told.length, 2, told.join('\n'));
    assert.equal(told[1], 'recovered');
  });
}

for (const [what, trouble] of Object.entries(troubles)) {
  test(`a launch in which every call ${what} at first is one launch`, async (context) => {
    const account = Object.entries(emptyAccount()).map(([action, answer]): [string, Handler] => [
      action,
      (form, nth, request) =>
        nth < 2 ? trouble : typeof answer === 'function' ? answer(form, nth, request) : answer,
    ]);
    const { cloud, endpoint } = await startRegion(
      context,
      { DescribeRegions: '<regionInfo/>', ...Object.fromEntries(account) },
      { options: { patience, maximumAttempts: 1 } },
    );
    // The network and the credentials are good.
    await cloud.enabledRegions(patient());
    const request = { count: 2, generation: 1, userData: '{}' };
    await cloud.prepare(request, patient());
    const { instances } = await cloud.launch(request, patient());
    assert.equal(instances.length, 2);
    const tokens = endpoint.of('CreateFleet').map(({ form }) => form.ClientToken);
    assert.equal(tokens.length, 3);
    assert.equal(new Set(tokens).size, 1, 'a repeated call would have launched again');
  });
}

test('a network that is not there at the start is no reason to wait', async (context) => {
  const { cloud } = await openRegion(context, 'http://127.0.0.1:9', {
    options: { patience, maximumAttempts: 1 },
  });
  const error = await rejection(cloud.describe(patient()));
  assert.equal(error.kind, 'network');
  assert.match(error.message, /ECONNREFUSED/);
});

test('patience ends, and so does a wait with its signal', async (context) => {
  const { cloud } = await startRegion(
    context,
    { DescribeInstances: throttled },
    { options: { patience: { ...patience, trouble: 20 }, maximumAttempts: 1 } },
  );
  assert.equal((await rejection(cloud.describe(patient()))).kind, 'throttling');
  const controller = new AbortController();
  const { cloud: tireless } = await startRegion(
    context,
    { DescribeInstances: throttled },
    {
      options: {
        patience,
        maximumAttempts: 1,
        onTrouble: () => controller.abort(new Error('enough')),
      },
    },
  );
  await assert.rejects(tireless.describe(controller.signal), /enough/);
});

test('a request that no answer can come to any more is sent again after a sleep', async (context) => {
  const time = { monotonic: 0, wall: 0 };
  context.mock.timers.enable({ apis: ['setInterval'] });
  const wakes = watchForWakes({ monotonic: () => time.monotonic, wall: () => time.wall });
  const waits = Promise.withResolvers<void>();
  const { cloud, endpoint } = await startRegion(context, {}, { options: { wakes } });
  endpoint.on('DescribeInstances', (_, nth) => {
    if (nth > 0) return reservationSet([{ id: 'i-1' }]);
    waits.resolve();
    return raw(() => undefined);
  });
  const answer = cloud.describe(patient());
  await waits.promise;
  time.wall += 3_600_000;
  context.mock.timers.tick(1_000);
  assert.equal((await answer).length, 1);
});

for (const [code, skew] of [
  ['RequestExpired', 3_600_000],
  ['AuthFailure', 3_600_000],
  ['AuthFailure', -3_600_000],
  ['SignatureDoesNotMatch', -3_600_000],
] as const) {
  test(`a clock ${-skew / 60_000} minutes off does not matter where EC2 says ${code}`, async (context) => {
    const now = () => Date.now() + skew;
    const { cloud, endpoint } = await startRegion(context);
    endpoint.on('DescribeInstances', (_form, _nth, { headers }) =>
      raw((response) => {
        const signedAt = String(headers['x-amz-date']).replace(
          /^(....)(..)(..)T(..)(..)(..)Z$/,
          '$1-$2-$3T$4:$5:$6Z',
        );
        response.setHeader('date', new Date(now()).toUTCString());
        const isGood = Math.abs(Date.parse(signedAt) - now()) < 300_000;
        response.statusCode = isGood ? 200 : 400;
        response.end(
          isGood
            ? complete
            : `<Response><Errors><Error><Code>${code}</Code><Message>Request has expired.</Message></Error></Errors><RequestID>1</RequestID></Response>`,
        );
      }),
    );
    assert.equal((await cloud.describe(patient())).length, 2);
    assert.equal((await cloud.describe(patient())).length, 2);
    assert.equal(endpoint.requests.length, 3, 'the clock is right from then on');
    assert.equal(Math.round((cloud.now() - Date.now()) / 3_600_000), Math.sign(skew));
  });
}

test('once a call has waited in vain the next ones do not, until EC2 answers again', async (context) => {
  const { cloud, endpoint } = await startRegion(
    context,
    {},
    { options: { patience: { ...patience, trouble: 40 }, maximumAttempts: 1 } },
  );
  await cloud.describe(patient());
  endpoint.on('DescribeInstances', throttled);
  await rejection(cloud.describe(patient()));
  const asked = endpoint.of('DescribeInstances').length;
  assert.ok(asked > 3, `asked ${asked} times`);
  await rejection(cloud.describe(patient()));
  assert.equal(endpoint.of('DescribeInstances').length, asked + 1);

  endpoint.on('DescribeInstances', reservationSet([]));
  await cloud.describe(patient());
  const since = endpoint.of('DescribeInstances').length;
  endpoint.on('DescribeInstances', throttled);
  await rejection(cloud.describe(patient()));
  assert.ok(endpoint.of('DescribeInstances').length > since + 1);
});

test('a watch, which has a pace of its own, does not take the patience of others', async (context) => {
  const troubled = Promise.withResolvers<void>();
  const { cloud, endpoint } = await startRegion(
    context,
    {},
    { options: { patience, maximumAttempts: 1, onTrouble: () => troubled.resolve() } },
  );
  await cloud.describe(patient());
  const stop = new AbortController();
  context.after(() => stop.abort());
  endpoint.on('DescribeInstances', throttled);
  const watch = cloud.watch({ interval: 5, signal: stop.signal })[Symbol.asyncIterator]();
  const watching = watch.next();
  await troubled.promise;
  endpoint.on('DescribeSpotPriceHistory', first(3, throttled, '<spotPriceHistorySet/>'));
  assert.deepEqual(await cloud.spotPrices(patient()), []);
  stop.abort();
  assert.equal((await watching).done, true);
});
