import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { parseSecretReference, type StoredSecret } from '../../source/config/secret-reference.ts';
import { openRegion, patient } from '../ec2/region.ts';
import { rejection } from '../ec2/rejection.ts';
import { startMoto } from './moto.ts';

const stored = (written: string): StoredSecret => {
  const reference = parseSecretReference(written, { toPath: String, region: 'us-west-2' });
  assert.ok(reference.type === 'ssm' || reference.type === 'secretsmanager');
  return reference;
};

test('what moto keeps in Parameter Store and Secrets Manager is read', async (context) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-contract-'));
  context.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const moto = await startMoto(folder);
  context.after(() => moto.close());
  const { cloud } = await openRegion(context, moto.url, { options: { maximumAttempts: 1 } });
  const account = {
    region: 'us-west-2',
    endpoint: moto.url,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
  };
  const parameters = new SSMClient(account);
  for (const Value of ['first', 'second']) {
    const parameter = { Name: '/fleet/token', Value, Overwrite: true };
    await parameters.send(new PutParameterCommand({ ...parameter, Type: 'SecureString' }));
  }
  const secrets = new SecretsManagerClient(account);
  const secret = { Name: 'fleet/db', SecretString: '{"password":"hunter2"}' };
  const { ARN: arn } = await secrets.send(new CreateSecretCommand(secret));
  const bytes = { Name: 'fleet/key', SecretBinary: Buffer.from([0, 255]) };
  await secrets.send(new CreateSecretCommand(bytes));

  for (const [written, value] of [
    ['ssm:/fleet/token', 'second'],
    ['ssm:/fleet/token:1', 'first'],
    ['secretsmanager:fleet/db', '{"password":"hunter2"}'],
    ['secretsmanager:fleet/db#password', 'hunter2'],
    [`secretsmanager:${arn}#password`, 'hunter2'],
  ] as const) {
    assert.equal(await cloud.readSecret(stored(written), patient()), value, written);
  }
  for (const [written, message] of [
    ['ssm:/fleet/other', /ParameterNotFound|not found/],
    ['ssm:/fleet/token:9', /version/i],
    ['secretsmanager:fleet/other', /can't find the specified secret/],
    ['secretsmanager:fleet/key', /it holds bytes, not text/],
    ['secretsmanager:fleet/db#user', /no JSON object with the key "user"/],
  ] as const) {
    const error = await rejection(cloud.readSecret(stored(written), patient()));
    assert.match(error.message, message);
    assert.equal(error.exitStatus, 2, error.message);
  }
});
