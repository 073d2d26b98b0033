import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import {
  DeleteKeyPairCommand,
  DescribeKeyPairsCommand,
  type EC2Client,
  ImportKeyPairCommand,
} from '@aws-sdk/client-ec2';
import ssh2 from 'ssh2';
import { publicKeyLine, refuses, startCloud } from './region-under-test.ts';

const importKey = (ec2: EC2Client, name: string, line: string) =>
  ec2.send(
    new ImportKeyPairCommand({
      KeyName: name,
      PublicKeyMaterial: Buffer.from(line),
      TagSpecifications: [
        { ResourceType: 'key-pair', Tags: [{ Key: 'spot-tui:deployment', Value: name }] },
      ],
    }),
  );

test('a public key is imported once, found by name, and deleted as often as one likes', async (context) => {
  const { region } = await startCloud(context);
  const ec2 = region();
  const imported = await importKey(ec2, 'orchard', publicKeyLine);
  // As `ssh-keygen -l` says it.
  assert.equal(imported.KeyFingerprint, 'lLaBGTyFUOwu9/yTlOlpqrqux1O7qi+aTkjkt+5qvTM=');
  await refuses(importKey(ec2, 'orchard', publicKeyLine), 'InvalidKeyPair.Duplicate');
  const { KeyPairs = [] } = await ec2.send(
    new DescribeKeyPairsCommand({ KeyNames: ['orchard'], IncludePublicKey: true }),
  );
  assert.equal(KeyPairs[0]?.PublicKey, publicKeyLine);
  assert.equal(KeyPairs[0]?.KeyType, 'ed25519');
  assert.deepEqual(KeyPairs[0]?.Tags, [{ Key: 'spot-tui:deployment', Value: 'orchard' }]);
  const byTag = await ec2.send(
    new DescribeKeyPairsCommand({
      Filters: [{ Name: 'tag:spot-tui:deployment', Values: ['meadow'] }],
    }),
  );
  assert.deepEqual(byTag.KeyPairs, []);
  await ec2.send(new DeleteKeyPairCommand({ KeyName: 'orchard' }));
  await ec2.send(new DeleteKeyPairCommand({ KeyName: 'orchard' }));
  await refuses(
    ec2.send(new DescribeKeyPairsCommand({ KeyNames: ['orchard'] })),
    'InvalidKeyPair.NotFound',
    /'orchard' does not exist/,
  );
});

test('RSA keys are taken, others are not', async (context) => {
  const { region } = await startCloud(context);
  const line = (type: 'rsa' | 'ecdsa') =>
    type === 'rsa'
      ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }).public
      : ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).public;
  const { KeyFingerprint } = await importKey(region(), 'rsa', line('rsa'));
  assert.match(String(KeyFingerprint), /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  await refuses(importKey(region(), 'ecdsa', line('ecdsa')), 'InvalidKey.Format');
  await refuses(importKey(region(), 'nonsense', 'hello'), 'InvalidKey.Format');
  const secret = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  await refuses(importKey(region(), 'secret', String(secret)), 'InvalidKey.Format');
});
