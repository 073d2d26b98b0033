import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { builtInConfig } from '../../source/config/built-in.ts';
import { checkPaths } from '../../source/config/paths.ts';

test('the sandbox without a file: three nodes, one in each region, with the shipped payload', () => {
  const config = builtInConfig({
    templatesFolder: '/opt/spot-tui/templates',
    publicKeyPath: '/state/sandbox/key.pub',
    privateKeyPath: '/state/sandbox/key',
  });
  assert.equal(config.deployment, 'sandbox');
  assert.equal('file' in config, false);
  assert.equal(config.totalInstances, 3);
  assert.deepEqual(
    config.regions.map(({ region, instanceTypes }) => [region, instanceTypes]),
    [
      ['us-west-2', ['t3.medium']],
      ['us-east-1', ['t3.medium']],
      ['eu-west-1', ['t3.medium']],
    ],
  );
  assert.deepEqual(config.ssh, {
    username: 'ubuntu',
    port: 22,
    publicKeyPath: '/state/sandbox/key.pub',
    privateKeyPath: '/state/sandbox/key',
  });
  assert.deepEqual(config.payload, {
    scriptsDirectory: '/opt/spot-tui/templates/deployments/bacalhau/scripts',
    configDirectory: '/opt/spot-tui/templates/deployments/bacalhau/config',
    unitsDirectory: '/opt/spot-tui/templates/deployments/bacalhau/services',
    bacalhauDataDirectory: '/bacalhau_data',
    bacalhauNodeDirectory: '/bacalhau_node',
    images: {},
  });
  assert.equal(config.timeouts['cloud-init'], 15 * 60_000);
  assert.equal(config.settleTime, 5000);
});

test('the shipped payload is where the built-in configuration says', async () => {
  const issues = await checkPaths(
    builtInConfig({
      templatesFolder: path.resolve('templates'),
      publicKeyPath: '/nowhere/key.pub',
      privateKeyPath: '/nowhere/key',
    }),
  );
  assert.deepEqual(
    issues.map(({ key }) => key),
    ['aws.public_ssh_key_path', 'aws.private_ssh_key_path'],
  );
});
