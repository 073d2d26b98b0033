import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { findCredentials, fixedCredentials } from '../../source/ec2/account-credentials.ts';
import { type Account, createAccount, type SignInNews } from '../../source/ec2/sign-in.ts';
import { reservationSet } from './account.ts';
import { withEnvironment } from './environment.ts';
import type { Handler } from './recording-endpoint.ts';
import { openRegion, patient, startRegion } from './region.ts';
import { rejection } from './rejection.ts';

const pauses = { first: 2, longest: 10 };

const expired = {
  code: 'RequestExpired',
  message: 'Request has expired.',
  status: 400,
};

/** Answers only who signs with this key. */
const keyed =
  (isGood: (key: string) => boolean): Handler =>
  (_form, _nth, { headers }) =>
    isGood(/Credential=(\w+)\//.exec(String(headers.authorization))?.[1] ?? '')
      ? reservationSet([{ id: 'i-1' }])
      : expired;

const writeProfile = (file: string, key: string) =>
  writeFile(
    file,
    `[orchard]\naws_access_key_id = ${key}\naws_secret_access_key = x\naws_session_token = y\n`,
  );

type OldKey = {
  /** EC2 takes no other key than the new one any more. */
  readonly expire: () => void;
  /** Writes the new key into the profile. */
  readonly renew: () => Promise<void>;
  readonly open: (account: Account, region: string) => ReturnType<typeof openRegion>;
};

/** Does something where a profile has a key that EC2 takes until it expires. */
const withOldKey = async (context: TestContext, work: (key: OldKey) => Promise<void>) => {
  const { endpoint, folder } = await startRegion(context);
  const file = path.join(folder, 'credentials');
  const none = path.join(folder, 'none');
  await writeProfile(file, 'AKIAOLD');
  let good = 'AKIAOLD';
  endpoint.on(
    'DescribeInstances',
    keyed((key) => key === good),
  );
  await withEnvironment({ AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: none }, () =>
    work({
      expire: () => {
        good = 'AKIANEW';
      },
      renew: () => writeProfile(file, 'AKIANEW'),
      open: (account, region) =>
        openRegion(context, endpoint.url, {
          config: { profile: 'orchard' },
          options: { account },
          region: { region },
        }),
    }),
  );
};

test('credentials that expire are waited for, and the profile’s new ones are used', async (context) => {
  await withOldKey(context, async ({ expire, open, renew }) => {
    const news: SignInNews[] = [];
    const refused = Promise.withResolvers<void>();
    const account = createAccount({
      credentials: findCredentials({ profile: 'orchard' }),
      profile: 'orchard',
      pauses,
      onNews: (each) => {
        news.push(each);
        if (each.type === 'refused') refused.resolve();
      },
    });
    const [west, east] = [await open(account, 'us-west-2'), await open(account, 'us-east-1')];
    for (const { cloud } of [west, east]) await cloud.describe(patient());
    expire();
    const answers = [west, west, east].map(({ cloud }) => cloud.describe(patient()));
    await refused.promise;
    assert.match(west.cloud.trouble?.()?.message ?? '', /no longer takes the credentials/);
    await renew();
    for (const answer of answers) assert.equal((await answer).length, 1);
    assert.equal(west.cloud.trouble?.(), undefined);
    assert.deepEqual(
      news.map(({ type }) => type),
      ['refused', 'accepted'],
    );
    const [first] = news;
    assert.ok(first?.type === 'refused');
    assert.match(first.reason, /no longer takes the credentials \(RequestExpired\)/);
    assert.match(first.hint, /profile "orchard".*aws sso login --profile orchard/);
  });
});

test('credentials that expire are waited for in a region that was not asked before, too', async (context) => {
  await withOldKey(context, async ({ expire, open, renew }) => {
    const refused = Promise.withResolvers<void>();
    const account = createAccount({
      credentials: findCredentials({ profile: 'orchard' }),
      pauses,
      onNews: ({ type }) => {
        if (type === 'refused') refused.resolve();
      },
    });
    const [west, east] = [await open(account, 'us-west-2'), await open(account, 'us-east-1')];
    await west.cloud.describe(patient());
    expire();
    const answer = east.cloud.describe(patient());
    await Promise.race([refused.promise, answer]);
    await renew();
    assert.equal((await answer).length, 1);
  });
});

test('new credentials that are there already are used without a word', async (context) => {
  const { endpoint, folder } = await startRegion(context);
  const file = path.join(folder, 'credentials');
  await writeProfile(file, 'AKIAOLD');
  endpoint.on(
    'DescribeInstances',
    keyed((key) => key === 'AKIAOLD'),
  );
  await withEnvironment(
    { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: path.join(folder, 'none') },
    async () => {
      const account = createAccount({
        credentials: findCredentials({ profile: 'orchard' }),
        pauses,
        onNews: () => assert.fail('nothing to tell'),
      });
      const { cloud } = await openRegion(context, endpoint.url, {
        config: { profile: 'orchard' },
        options: { account },
      });
      await cloud.describe(patient());
      endpoint.on(
        'DescribeInstances',
        keyed((key) => key === 'AKIANEW'),
      );
      await writeProfile(file, 'AKIANEW');
      assert.equal((await cloud.describe(patient())).length, 1);
    },
  );
});

test('credentials that are refused at the start are an error at once', async (context) => {
  const { cloud } = await startRegion(context, { DescribeInstances: expired });
  const error = await rejection(cloud.describe(patient()));
  assert.equal(error.kind, 'credentials');
  assert.equal(error.exitStatus, 3);
});

test('credentials of the environment can’t be renewed, and nobody waits for them', async (context) => {
  const { endpoint } = await startRegion(context);
  await withEnvironment(
    { AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'x' },
    async () => {
      const { cloud } = await openRegion(context, endpoint.url, { findCredentials: true });
      await cloud.describe(patient());
      endpoint.on('DescribeInstances', expired);
      const error = await rejection(cloud.describe(patient()));
      assert.equal(error.kind, 'credentials');
    },
  );
});

test('what was refused for a while is tried again, also with the same credentials', async (context) => {
  const news: string[] = [];
  const { cloud, endpoint } = await startRegion(
    context,
    {},
    {
      options: {
        account: createAccount({
          credentials: fixedCredentials({
            accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
            secretAccessKey: 's',
          }),
          pauses,
          onNews: ({ type }) => news.push(type),
        }),
      },
    },
  );
  await cloud.describe(patient());
  endpoint.on('DescribeInstances', (_, nth) =>
    nth < 4 ? expired : reservationSet([{ id: 'i-1' }]),
  );
  assert.equal((await cloud.describe(patient())).length, 1);
  assert.deepEqual(news, ['refused', 'accepted']);
});

test('who gives up waiting for credentials leaves nothing behind', async (context) => {
  const controller = new AbortController();
  let looks = 0;
  const { cloud, endpoint } = await startRegion(
    context,
    {},
    {
      options: {
        account: createAccount({
          credentials: {
            ...fixedCredentials({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 's' }),
            renew: () => {
              looks += 1;
              return Promise.reject(
                Object.assign(new Error('The SSO session has expired'), {
                  name: 'CredentialsProviderError',
                }),
              );
            },
          },
          pauses,
          onNews: () => controller.abort(new Error('enough')),
        }),
      },
    },
  );
  await cloud.describe(patient());
  endpoint.on('DescribeInstances', expired);
  await assert.rejects(cloud.describe(controller.signal), /enough/);
  assert.equal(looks, 1);
});
