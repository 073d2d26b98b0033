import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { isMap, isScalar, parse, parseDocument } from 'yaml';
import { loadConfig } from '../../source/config/load.ts';
import { loadText } from './temporary-config.ts';

const starter = path.resolve('templates/deployments/bacalhau/config.yaml');

test('the starter loads without a warning and names what `init` writes beside it', async () => {
  const { config, warnings } = await loadConfig(starter, {
    environment: { HOME: '/home/someone' },
    workingDirectory: '/',
  });
  assert.deepEqual(warnings, []);
  assert.equal(config.totalInstances, 3);
  assert.deepEqual(
    config.regions.map(({ region }) => region),
    ['us-west-2', 'us-east-1', 'eu-west-1'],
  );
  assert.equal(
    config.payload.scriptsDirectory,
    path.resolve('templates/deployments/bacalhau/scripts'),
  );
  assert.equal(
    config.payload.configDirectory,
    path.resolve('templates/deployments/bacalhau/config'),
  );
  assert.equal(
    config.payload.unitsDirectory,
    path.resolve('templates/deployments/bacalhau/services'),
  );
  assert.equal(config.ssh.privateKeyPath, '/home/someone/.ssh/id_ed25519');
});

test('what is commented out in the starter loads, too', async (t) => {
  const text = await readFile(starter, 'utf8');
  const uncommented = text.replaceAll(
    /^( *)# ((?!yaml-language-server)(?: {2})*(?:- )?[a-z_-]+:(?: .*)?)$/gm,
    '$1$2',
  );
  const { contents } = parseDocument(uncommented);
  assert.ok(isMap(contents));
  const keys = contents.items.map(({ key }) => (isScalar(key) ? key.value : key));
  for (const key of [
    'deployment',
    'services',
    'checks',
    'images',
    'secrets',
    'timeouts',
    'settle_time',
    'health_interval',
    'placement',
    'drain_command',
    'replace_interrupted',
    'ttl',
    'unverified_host_keys',
  ]) {
    assert.ok(keys.includes(key), `${key} is not in the starter`);
  }
  const { warnings, config } = await loadText(
    t,
    // One network can't be everywhere, nor both given and made, nor have a way into it before.
    uncommented.replaceAll(/^ {2}(?:vpc_id|subnet_id|security_groups|jump_host):.*\n/gm, ''),
  );
  assert.deepEqual(warnings, []);
  assert.equal(config.deployment, 'my-fleet');
  assert.equal(config.network.useDedicatedVpc, true);
  assert.equal(config.expectations.commands.length, 1);
  assert.equal(config.onDemandFallback, true);
  assert.equal(config.interruption.replace, true);
  assert.match(uncommented, /^ {2}jump_host: \S+@\S+ #/m);
});

test('editors are told where the schema is', async () => {
  const [first] = (await readFile(starter, 'utf8')).split('\n');
  const [, schema] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first ?? '') ?? [];
  assert.ok(schema);
  assert.ok(parse(await readFile(path.resolve('templates', schema), 'utf8')));
});
