import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { parseSecretReference, type StoredSecret } from '../../source/config/secret-reference.ts';
import { startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import { Machines } from '../sandbox/machines.ts';
import { withEnvironment } from './environment.ts';
import { openRegion, patient } from './region.ts';
import { rejection } from './rejection.ts';
import { type JsonAnswer, type JsonRequest, startSecretEndpoint } from './secret-endpoint.ts';

const stored = (written: string): StoredSecret => {
  const reference = parseSecretReference(written, { toPath: String, region: 'us-west-2' });
  assert.ok(reference.type === 'ssm' || reference.type === 'secretsmanager');
  return reference;
};

/** A region of an account whose services give these answers. */
const openAccount = async (
  context: TestContext,
  answer: (request: JsonRequest, nth: number) => JsonAnswer,
  patience: { readonly trouble: number } = { trouble: 0 },
) => {
  const { requests, url } = await startSecretEndpoint(context, answer);
  const opened = await openRegion(context, url, {
    options: {
      maximumAttempts: 1,
      patience: { firstPause: 1, ...patience },
    },
  });
  return { ...opened, requests, url };
};

const parameter = (Value: string): JsonAnswer => ({ result: { Parameter: { Value } } });
const secret = (SecretString: string): JsonAnswer => ({ result: { SecretString } });

test('a parameter is asked for by its name, decrypted, in its region', async (context) => {
  const { calls, cloud, requests } = await openAccount(context, () => parameter('hunter2\n'));
  assert.equal(await cloud.readSecret(stored('ssm:/fleet/token'), patient()), 'hunter2\n');
  assert.deepEqual(requests, [
    {
      target: 'AmazonSSM.GetParameter',
      body: { Name: '/fleet/token', WithDecryption: true },
      region: 'us-west-2',
    },
  ]);
  assert.equal(calls.byAction.get('GetParameter'), 1);
});

test('a secret is asked for by its name, and one of its keys is taken', async (context) => {
  const { calls, cloud, requests } = await openAccount(context, () =>
    secret('{"user": "root", "password": "hunter2", "port": 5432, "tls": true}'),
  );
  for (const [key, value] of [
    ['password', 'hunter2'],
    ['port', '5432'],
    ['tls', 'true'],
  ]) {
    const reference = stored(`secretsmanager:fleet/db#${key}`);
    assert.equal(await cloud.readSecret(reference, patient()), value);
  }
  assert.deepEqual(requests[0], {
    target: 'secretsmanager.GetSecretValue',
    body: { SecretId: 'fleet/db' },
    region: 'us-west-2',
  });
  assert.match(
    await cloud.readSecret(stored('secretsmanager:fleet/db'), patient()),
    /^\{"user": "root"/,
  );
  assert.equal(calls.byAction.get('GetSecretValue'), 4);
});

test('the environment may lead to another endpoint, for each service', async (context) => {
  const { url } = await startSecretEndpoint(context, ({ target }) =>
    target.startsWith('AmazonSSM') ? parameter('one') : secret('other'),
  );
  const nowhere = 'http://127.0.0.1:9';
  const variables = {
    AWS_ENDPOINT_URL: nowhere,
    AWS_ENDPOINT_URL_SSM: url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
  };
  await withEnvironment(variables, async () => {
    const { cloud } = await openRegion(context, undefined);
    assert.equal(await cloud.readSecret(stored('ssm:token'), patient()), 'one');
    assert.equal(await cloud.readSecret(stored('secretsmanager:token'), patient()), 'other');
  });
});

const denied = (action: string) =>
  `User: arn:aws:iam::123456789012:user/u is not authorized to perform: ${action} on resource: x`;

// Codes and messages as the services word them; Parameter Store has none for what is not there.
const refusals: readonly (readonly [
  what: string,
  written: string,
  answer: JsonAnswer,
  exitStatus: number,
  message: RegExp,
  hint: RegExp,
])[] = [
  [
    'a parameter that is not there',
    'ssm:/fleet/token',
    { code: 'ParameterNotFound' },
    2,
    /^us-west-2: can't read ssm:\/fleet\/token: ParameterNotFound$/,
    /aws ssm describe-parameters --region us-west-2/,
  ],
  [
    'a version that is not there',
    'ssm:/fleet/token:9',
    {
      code: 'ParameterVersionNotFound',
      message: 'Systems Manager could not find version 9 of /fleet/token.',
    },
    2,
    /could not find version 9/,
    /Correct the name/,
  ],
  [
    'a secret that is not there',
    'secretsmanager:fleet/db#password',
    {
      code: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    },
    2,
    /^us-west-2: can't read secretsmanager:fleet\/db#password: Secrets Manager can't find/,
    /aws secretsmanager list-secrets --region us-west-2/,
  ],
  [
    'a secret that is about to be deleted',
    'secretsmanager:fleet/db',
    {
      code: 'InvalidRequestException',
      message: "You can't perform this operation on the secret because it was marked for deletion.",
    },
    2,
    /marked for deletion/,
    /restore-secret/,
  ],
  [
    'a parameter that one may not read',
    'ssm:/fleet/token',
    { code: 'AccessDeniedException', message: denied('ssm:GetParameter') },
    3,
    /is not authorized/,
    /Ask for the permission ssm:GetParameter, or use another profile/,
  ],
  [
    'a refusal that names no action',
    'secretsmanager:fleet/db',
    { code: 'AccessDeniedException', message: 'Access denied' },
    3,
    /Access denied/,
    /Ask for the permission secretsmanager:GetSecretValue/,
  ],
  [
    'a SecureString under a key that one may not use',
    'ssm:/fleet/token',
    { code: 'AccessDeniedException', message: denied('kms:Decrypt') },
    3,
    /kms:Decrypt/,
    /Ask for the permission kms:Decrypt on the key/,
  ],
  [
    'a SecureString whose key is gone',
    'ssm:/fleet/token',
    {
      code: 'InvalidKeyId',
      message: 'The ciphertext refers to a customer master key that does not exist.',
    },
    3,
    /customer master key/,
    /kms:Decrypt/,
  ],
  [
    'a secret under a key that one may not use',
    'secretsmanager:fleet/db',
    { code: 'AccessDeniedException', message: 'Access to KMS is not allowed' },
    3,
    /Access to KMS/,
    /kms:Decrypt/,
  ],
  [
    'wrong credentials',
    'ssm:/fleet/token',
    {
      code: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    },
    3,
    /security token/,
    /aws sts get-caller-identity/,
  ],
  [
    'throttling that does not end',
    'ssm:/fleet/token',
    { code: 'ThrottlingException', message: 'Rate exceeded' },
    1,
    /Rate exceeded/,
    /Parameter Store limits how often/,
  ],
  [
    'trouble of the service',
    'secretsmanager:fleet/db',
    { code: 'InternalServiceError', message: 'An error occurred', status: 500 },
    1,
    /InternalServiceError/,
    /Secrets Manager has trouble in us-west-2/,
  ],
  [
    'bytes instead of text',
    'secretsmanager:fleet/key',
    { result: { SecretBinary: Buffer.from('hunter2').toString('base64') } },
    2,
    /can't use secretsmanager:fleet\/key: it holds bytes, not text/,
    /base64/,
  ],
  [
    'a secret that is no JSON where a key is wanted',
    'secretsmanager:fleet/db#password',
    secret('hunter2'),
    2,
    /can't use secretsmanager:fleet\/db#password: it is no JSON object with the key "password"/,
    /after the "#"/,
  ],
  [
    'a key that is not there',
    'secretsmanager:fleet/db#pasword',
    secret('{"password":"hunter2"}'),
    2,
    /no JSON object with the key "pasword"/,
    /after the "#"/,
  ],
  [
    'a key that every object has',
    'secretsmanager:fleet/db#toString',
    secret('{"password":"hunter2"}'),
    2,
    /no JSON object with the key "toString"/,
    /after the "#"/,
  ],
  [
    'a key with more than text under it',
    'secretsmanager:fleet/db#a',
    secret('{"a":{"password":"hunter2"}}'),
    2,
    /what it has under the key "a" is no text/,
    /Name a key whose value is text/,
  ],
  [
    'an answer that is cut off',
    'ssm:/fleet/token',
    { raw: '{"Parameter":{"Value":"hunter2' },
    1,
    /can't read ssm:\/fleet\/token: the answer is no JSON/,
    /./,
  ],
];

for (const [what, written, answer, exitStatus, message, hint] of refusals) {
  test(`says what is wrong, and nothing of the secret: ${what}`, async (context) => {
    const { cloud } = await openAccount(context, () => answer);
    const error = await rejection(cloud.readSecret(stored(written), patient()));
    assert.match(error.message, message);
    assert.match(error.hint, hint);
    assert.equal(error.exitStatus, exitStatus);
    const shown = inspect(error, { depth: 20, showHidden: true, getters: true });
    assert.doesNotMatch(shown, /hunter2|aHVudGVyMg/);
  });
}

test('throttling is waited out', async (context) => {
  const { calls, cloud } = await openAccount(
    context,
    (_, nth) => (nth < 3 ? { code: 'ThrottlingException' } : parameter('hunter2')),
    { trouble: 60_000 },
  );
  assert.equal(await cloud.readSecret(stored('ssm:/fleet/token'), patient()), 'hunter2');
  assert.equal(calls.byAction.get('GetParameter'), 4);
});

test('a service that can not be reached says which variables may be to blame', async (context) => {
  const { cloud } = await openRegion(context, 'http://127.0.0.1:9', {
    options: { maximumAttempts: 1 },
  });
  const error = await rejection(cloud.readSecret(stored('ssm:/fleet/token'), patient()));
  assert.equal(error.kind, 'network');
  assert.match(error.hint, /AWS_ENDPOINT_URL_SSM and AWS_ENDPOINT_URL/);
});

test('ends at once when it is not wanted any more', async (context) => {
  const abort = new AbortController();
  const { cloud } = await openAccount(
    context,
    () => {
      abort.abort(new Error('enough'));
      return { code: 'ThrottlingException' };
    },
    { trouble: 60_000 },
  );
  await assert.rejects(
    cloud.readSecret(stored('ssm:/fleet/token'), abort.signal),
    /^Error: enough$/,
  );
});

test('the sandbox has something for every name, through the same client', async (context) => {
  const endpoint = await startEndpoint({ hypervisor: new Machines() });
  context.after(() => endpoint.close());
  const { cloud } = await openRegion(context, endpoint.url, { options: { maximumAttempts: 1 } });
  const arn = 'arn:aws:ssm:us-west-2:123456789012:parameter/fleet/token';
  const ofManager = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:fleet/db-AbCdEf';
  for (const [written, value] of [
    ['ssm:/fleet/token', 'sandbox-fleet/token'],
    ['ssm:token:3', 'sandbox-token'],
    [`ssm:${arn}`, 'sandbox-fleet/token'],
    ['secretsmanager:fleet/db', 'sandbox-fleet/db'],
    [`secretsmanager:${ofManager}`, 'sandbox-fleet/db'],
  ] as const) {
    assert.equal(await cloud.readSecret(stored(written), patient()), value);
  }
  await endpoint.injectFault({
    kind: 'deny',
    action: 'GetParameter',
    code: 'AccessDeniedException',
    message: denied('ssm:GetParameter'),
  });
  const error = await rejection(cloud.readSecret(stored('ssm:token'), patient()));
  assert.equal(error.exitStatus, 3);
  assert.equal(
    endpoint.ledger.calls().find(({ action }) => action === 'GetParameter')?.outcomes.ok,
    3,
  );
});
