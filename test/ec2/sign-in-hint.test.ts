import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { findCredentials } from '../../source/ec2/account-credentials.ts';
import { createAccount } from '../../source/ec2/sign-in.ts';
import { withEnvironment } from './environment.ts';
import { startRecordingEndpoint } from './recording-endpoint.ts';
import { openRegion, patient, startRegion } from './region.ts';
import { rejection } from './rejection.ts';

const past = '2020-01-01T00:00:00Z';

const ssoSession =
  '[profile orchard]\nsso_session = work\nsso_account_id = 123456789012\nsso_role_name = Grower\n' +
  '[sso-session work]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-west-2\n';

const legacySso =
  '[profile orchard]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-west-2\n' +
  'sso_account_id = 123456789012\nsso_role_name = Grower\n';

const role =
  '[profile orchard]\nrole_arn = arn:aws:iam::123456789012:role/Grower\nsource_profile = base\n' +
  'region = us-west-2\n' +
  '[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = x\n';

const withMfa = role.replace('region', 'mfa_serial = arn:aws:iam::123456789012:mfa/me\nregion');

type Case = {
  readonly what: string;
  readonly config: string;
  /** A token in the cache of SSO, under the name that the SDK looks for. */
  readonly token?: { readonly of: string };
  readonly hint: RegExp;
};

const cases: readonly Case[] = [
  {
    what: 'an SSO session that was never begun',
    config: ssoSession,
    hint: /^Sign in again: aws sso login --profile orchard$/,
  },
  {
    what: 'an SSO session that has expired',
    config: ssoSession,
    token: { of: 'work' },
    hint: /^Sign in again: aws sso login --profile orchard$/,
  },
  {
    what: 'a profile with an SSO of its own, never begun',
    config: legacySso,
    hint: /^Sign in again: aws sso login --profile orchard$/,
  },
  {
    what: 'a profile with an SSO of its own, expired',
    config: legacySso,
    token: { of: 'https://example.awsapps.com/start' },
    hint: /^Sign in again: aws sso login --profile orchard$/,
  },
  {
    what: 'a session of aws login',
    config: '[profile orchard]\nlogin_session = arn:aws:iam::123456789012:user/me\n',
    hint: /^Sign in again: aws login --profile orchard$/,
  },
  {
    what: 'a role that wants a code',
    config: withMfa,
    hint: /code of an MFA device.*on a terminal.*without --ci/,
  },
  {
    what: 'a process that fails',
    config: '[profile orchard]\ncredential_process = /bin/false\n',
    hint: /the command that the profile "orchard" names as credential_process/,
  },
  {
    what: 'a process whose credentials are old',
    config: `[profile orchard]\ncredential_process = echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"${past}"}'\n`,
    hint: /the command that the profile "orchard" names as credential_process/,
  },
  {
    what: 'an identity token that is missing',
    config:
      '[profile orchard]\nrole_arn = arn:aws:iam::123456789012:role/Grower\nweb_identity_token_file = /nowhere/token\n',
    hint: /identity token .*missing or too old/,
  },
  {
    what: 'a profile that is not there',
    config: '[profile other]\nregion = us-west-2\n',
    hint: /The profile "orchard" has no usable credentials.*aws sso login --profile orchard/,
  },
];

for (const { config, hint, token, what } of cases) {
  test(`${what} says what to do`, async (context) => {
    const { endpoint, folder } = await startRegion(context);
    const file = path.join(folder, 'config');
    await writeFile(file, config);
    if (token !== undefined) {
      const cache = path.join(folder, '.aws', 'sso', 'cache');
      await mkdir(cache, { recursive: true });
      const name = createHash('sha1').update(token.of).digest('hex');
      await writeFile(
        path.join(cache, `${name}.json`),
        JSON.stringify({ accessToken: 'token', expiresAt: past }),
      );
    }
    await withEnvironment(
      {
        HOME: folder,
        AWS_CONFIG_FILE: file,
        AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'none'),
      },
      async () => {
        const { cloud } = await openRegion(context, endpoint.url, {
          config: { profile: 'orchard' },
          findCredentials: true,
        });
        const error = await rejection(cloud.describe(patient()));
        assert.equal(error.kind, 'credentials', error.message);
        assert.equal(error.exitStatus, 3);
        assert.match(error.hint, hint);
      },
    );
    assert.equal(endpoint.requests.length, 0);
  });
}

test('no credentials at all: what there is to choose from, the sandbox included', async (context) => {
  const { endpoint, folder } = await startRegion(context);
  const none = path.join(folder, 'none');
  await withEnvironment(
    { HOME: folder, AWS_CONFIG_FILE: none, AWS_SHARED_CREDENTIALS_FILE: none },
    async () => {
      const { cloud } = await openRegion(context, endpoint.url, { findCredentials: true });
      const error = await rejection(cloud.describe(patient()));
      assert.equal(error.exitStatus, 3);
      assert.match(error.hint, /aws sso login.*aws login.*aws configure.*AWS_PROFILE.*--sandbox/);
    },
  );
});

test('the code of a role’s MFA device is asked for once, for all regions', async (context) => {
  const { endpoint, folder } = await startRegion(context);
  const tokens = await startRecordingEndpoint({
    AssumeRole:
      '<AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>' +
      '<SecretAccessKey>x</SecretAccessKey><SessionToken>y</SessionToken>' +
      `<Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>` +
      '</Credentials></AssumeRoleResult>',
  });
  context.after(() => tokens.close());
  const file = path.join(folder, 'config');
  await writeFile(file, withMfa);
  await withEnvironment(
    {
      HOME: folder,
      AWS_CONFIG_FILE: file,
      AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'none'),
      AWS_ENDPOINT_URL_STS: tokens.url,
    },
    async () => {
      const asked: string[] = [];
      const account = createAccount({
        credentials: findCredentials({
          profile: 'orchard',
          askMfaCode: async (device) => {
            asked.push(device);
            return '123456';
          },
        }),
        onNews: () => assert.fail('nothing to tell'),
      });
      const clouds = await Promise.all(
        ['us-west-2', 'us-east-1'].map((region) =>
          openRegion(context, endpoint.url, {
            region: { region },
            config: { profile: 'orchard' },
            options: { account },
          }),
        ),
      );
      await Promise.all(clouds.map(({ cloud }) => cloud.describe(patient())));
      assert.deepEqual(asked, ['arn:aws:iam::123456789012:mfa/me']);
    },
  );
  assert.equal(tokens.of('AssumeRole')[0]?.form.TokenCode, '123456');
  assert.match(String(endpoint.requests[0]?.headers.authorization), /Credential=ASIAROLE\//);
});
