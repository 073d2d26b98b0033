import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { applyOverrides } from '../../source/config/overrides.ts';
import { loadText, rejectedLines } from './temporary-config.ts';

/** A configuration with one secret. */
const withSecret = (reference: string) =>
  `regions: [us-west-2, us-east-1]\nsecrets:\n  token: ${reference}\n`;

const arnOf = (service: string, resource: string) =>
  `arn:aws:${service}:eu-west-1:123456789012:${resource}`;

test('says where secrets are: files, the environment, and AWS', async (t) => {
  const { config, folder } = await loadText(
    t,
    `
regions: [us-west-2, us-east-1]
secrets:
  a: file:secrets/token
  b: file:~/token
  c: env:TOKEN
  d: ssm:/fleet/token
  e: ssm:token:3
  f: ssm:${arnOf('ssm', 'parameter/fleet/token')}
  g: secretsmanager:fleet/token
  h: secretsmanager:fleet/db#password of the database
  i: secretsmanager:${arnOf('secretsmanager', 'secret:fleet/db-AbCdEf')}#password
  registry-token_2: env:_token2
`,
  );
  const meant = Object.entries(config.secrets).map(([name, { written: _, ...reference }]) => [
    name,
    reference,
  ]);
  assert.deepEqual(meant, [
    ['a', { type: 'file', path: path.join(folder, 'secrets/token') }],
    ['b', { type: 'file', path: '/home/someone/token' }],
    ['c', { type: 'env', variable: 'TOKEN' }],
    ['d', { type: 'ssm', parameter: '/fleet/token', region: 'us-west-2' }],
    ['e', { type: 'ssm', parameter: 'token:3', region: 'us-west-2' }],
    ['f', { type: 'ssm', parameter: arnOf('ssm', 'parameter/fleet/token'), region: 'eu-west-1' }],
    ['g', { type: 'secretsmanager', id: 'fleet/token', region: 'us-west-2' }],
    [
      'h',
      {
        type: 'secretsmanager',
        id: 'fleet/db',
        key: 'password of the database',
        region: 'us-west-2',
      },
    ],
    [
      'i',
      {
        type: 'secretsmanager',
        id: arnOf('secretsmanager', 'secret:fleet/db-AbCdEf'),
        key: 'password',
        region: 'eu-west-1',
      },
    ],
    ['registry-token_2', { type: 'env', variable: '_token2' }],
  ]);
  assert.equal(config.secrets.h?.written, 'secretsmanager:fleet/db#password of the database');
});

test('secrets stay in their region where only another one is acted in', async (t) => {
  const { config } = await loadText(t, withSecret('ssm:/fleet/token'));
  const { regions, secrets } = applyOverrides(config, { region: 'us-east-1' });
  assert.equal(regions[0]?.region, 'us-east-1');
  assert.deepEqual(secrets.token, {
    type: 'ssm',
    written: 'ssm:/fleet/token',
    parameter: '/fleet/token',
    region: 'us-west-2',
  });
});

const anyReference =
  'a reference to a secret such as "file:secrets/token", "env:TOKEN", "ssm:/fleet/token" or "secretsmanager:fleet/token#password"';
const hidden = 'got something that is not shown, since it may be a secret itself';

for (const [what, reference, expected] of [
  ['the secret itself', 'hunter2', anyReference],
  ['a number', '20251124', anyReference],
  ['another scheme', 'vault:hunter2', anyReference],
  ['a file without a path', '"file:"', 'a path after "file:" such as "file:secrets/token"'],
  [
    'a variable with an impossible name',
    'env:hunter2-x',
    'the name of an environment variable after "env:" such as "env:TOKEN"',
  ],
  [
    'an impossible parameter',
    'ssm:hunter2!',
    'the name or ARN of a parameter after "ssm:" such as "ssm:/fleet/token"',
  ],
  [
    'a JSON key without a name',
    'secretsmanager:hunter2#',
    'the name or ARN of a secret after "secretsmanager:", and perhaps "#" and a JSON key, such as "secretsmanager:fleet/token#password"',
  ],
] as const) {
  test(`refuses ${what}, and does not repeat it`, async (t) => {
    const { errors } = await rejectedLines(t, withSecret(reference));
    assert.deepEqual(errors, [`config.yaml:3:10 secrets.token: expected ${expected}, ${hidden}`]);
  });
}

test('refuses what is no map of names and references', async (t) => {
  const lines = async (secrets: string) =>
    (await rejectedLines(t, `regions: [us-west-2]\nsecrets: ${secrets}\n`)).errors;
  const aMap = 'config.yaml:2:10 secrets: expected a map of secrets such as {token: "env:TOKEN"}';
  assert.deepEqual(await lines('hunter2'), [`${aMap}, ${hidden}`]);
  assert.deepEqual(await lines('[env:TOKEN]'), [`${aMap}, got a list`]);
  assert.deepEqual(await lines('{Token: "env:TOKEN", a.b: "env:TOKEN"}'), [
    'config.yaml:2:11 secrets.Token: expected a name of lower-case letters, digits, _ and - such as "registry-token", got "Token"',
    'config.yaml:2:31 secrets["a.b"]: expected a name of lower-case letters, digits, _ and - such as "registry-token", got "a.b"',
  ]);
  assert.deepEqual(await lines('{token: , other: {a: b}}'), [
    `config.yaml:2:11 secrets.token: expected ${anyReference}, got nothing`,
    `config.yaml:2:27 secrets.other: expected ${anyReference}, got a map`,
  ]);
});
