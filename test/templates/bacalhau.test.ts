import assert from 'node:assert/strict';
import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parse } from 'yaml';
import type { PayloadConfig } from '../../source/config/config.ts';
import { collectFiles } from '../../source/pipeline/payload/collect-files.ts';
import { servicesOf } from '../../source/pipeline/payload/services.ts';
import { StandInNode, templates } from './stand-in-node.ts';

const workload = path.join(templates, 'deployments/bacalhau');

describe('the default workload', () => {
  let node: StandInNode;
  beforeEach(async () => {
    node = await StandInNode.make();
    for (const folder of ['config', 'scripts']) {
      const target = path.join(node.root, 'opt/uploaded_files', folder);
      await mkdir(target, { recursive: true });
      await cp(path.join(workload, folder), target, { recursive: true });
    }
    await copyFile(
      path.join(templates, 'render-template.sh'),
      path.join(node.root, 'usr/local/lib/spot-tui/render-template.sh'),
    );
    await node.write(
      'var/lib/spot-tui/node.env',
      'SPOT_TUI_NODE=us-west-2-1\nSPOT_TUI_REGION=us-west-2\nSPOT_TUI_INSTANCE_ID=i-0001\nSPOT_TUI_DEPLOYMENT=demo\n',
    );
    await node.write('opt/uploaded_files/config/images.env', 'BACALHAU_IMAGE=registry/b:1\n');
  });
  afterEach(async () => {
    await node.remove();
  });

  const start = async (script = 'bacalhau-startup.sh', ...args: string[]) => {
    const { status, stderr } = await node.run(`deployments/bacalhau/scripts/${script}`, { args });
    assert.equal(status, 0, stderr);
    return (await node.calls()).at(-1);
  };
  const configuration = async () => parse(await node.read('bacalhau_node/config.yaml'));

  it('makes each Bacalhau node its own, and stays with Compose', async () => {
    assert.equal(
      await start(),
      'docker compose --ansi never --file docker-compose.yaml up --no-color --remove-orphans --abort-on-container-exit',
    );
    const config = await configuration();
    assert.deepEqual(config.Labels, {
      node: 'us-west-2-1',
      region: 'us-west-2',
      instance: 'i-0001',
      deployment: 'demo',
    });
    const { services } = parse(await node.read('bacalhau_node/docker-compose.yaml'));
    assert.equal(services['bacalhau-node'].hostname, 'us-west-2-1');
    assert.ok(
      services['bacalhau-node'].volumes.includes(
        '/bacalhau_node/config.yaml:/etc/bacalhau/config.yaml:ro',
      ),
    );
    assert.match(await node.read('bacalhau_node/.env'), /^BACALHAU_IMAGE=registry\/b:1$/m);
  });

  it('is its own orchestrator where there is no other', async () => {
    await start();
    const { Orchestrator, Compute } = await configuration();
    assert.equal(Orchestrator.Enabled, true);
    assert.deepEqual(Compute.Orchestrators, ['nats://127.0.0.1:4222']);
    assert.deepEqual([Compute.Auth.Token, Compute.TLS.RequireTLS], ['', false]);
  });

  it('joins the orchestrator whose endpoint and token were uploaded, and keeps the token', async () => {
    const token = 'to"k\\en&1';
    await node.write(
      'opt/uploaded_files/config/orchestrator_endpoint',
      '\r\n nats://there:4222 \r\n',
    );
    await node.write('opt/uploaded_files/orchestrator_token', `${token}\n`, 0o600);
    await start();
    const { Orchestrator, Compute } = await configuration();
    assert.equal(Orchestrator.Enabled, false);
    assert.deepEqual(Compute.Orchestrators, ['nats://there:4222']);
    assert.deepEqual([Compute.Auth.Token, Compute.TLS.RequireTLS], [token, true]);
    assert.equal(await node.mode('bacalhau_node/config.yaml'), 0o600);
    assert.ok(!(await node.read('bacalhau_node/.env')).includes('en&1'));
    assert.deepEqual(await node.list('bacalhau_node'), [
      '.env',
      'config.yaml',
      'docker-compose.yaml',
      'node-info',
    ]);
  });

  it('leaves alone what it does not know in a template', async () => {
    await node.write(
      'opt/uploaded_files/config/bacalhau-config.yaml',
      '{{MINE}} {{SPOT_TUI_NODE}} {{a}}\n',
    );
    await start();
    assert.equal(await node.read('bacalhau_node/config.yaml'), '{{MINE}} us-west-2-1 {{a}}\n');
  });

  it('removes its containers when it is told to', async () => {
    await start();
    assert.equal(
      await start('bacalhau-startup.sh', 'down'),
      'docker compose --ansi never --file docker-compose.yaml down',
    );
  });

  it('goes past the docker command where it says where Compose is', async () => {
    const plugin = path.join(node.root, 'plugin');
    await node.write('plugin', '#!/bin/sh\necho "plugin $*" >>"$SPOT_TUI_ROOT/calls"\n', 0o755);
    await node.program('docker', `[ "$1" != info ] || echo "${plugin}"`);
    assert.match((await start()) ?? '', /^plugin --ansi never /);
  });

  it('makes do with the older Compose', async () => {
    await node.program('docker', 'exit 1');
    await node.program('docker-compose', 'echo "docker-compose $*" >>"$SPOT_TUI_ROOT/calls"');
    assert.match((await start()) ?? '', /^docker-compose --ansi never /);
  });

  it('gives each sensor an identity that stays', async () => {
    const identity = async () =>
      JSON.parse(await node.read('opt/sensor/config/node_identity.json'));
    await start('sensor.sh');
    const first = await identity();
    await start('sensor.sh');
    assert.deepEqual(await identity(), first);
    assert.equal(first.metadata.instance_id, 'i-0001');
    assert.match(first.sensor_id, /^SENSOR_[A-Z]{2}_.{3}_\d{4}$/);
    assert.ok(Math.abs(first.location.coordinates.latitude) < 50);

    await node.write('var/lib/spot-tui/node.env', 'SPOT_TUI_INSTANCE_ID=i-0002\n');
    await start('sensor.sh');
    assert.notEqual((await identity()).device_info.serial_number, first.device_info.serial_number);
  });

  it('has units that say which file is missing', async () => {
    for (const unit of ['bacalhau-startup', 'sensor']) {
      const { status, stderr } = await node.startCondition(
        path.join(workload, 'services', `${unit}.service`),
      );
      assert.equal(status, 0, stderr);
    }
    await rm(path.join(node.root, 'opt/uploaded_files/config/docker-compose.yaml'));
    const { status, stderr } = await node.startCondition(
      path.join(workload, 'services/bacalhau-startup.service'),
    );
    assert.equal(status, 1);
    assert.match(stderr, /^\/opt\/uploaded_files\/config\/docker-compose.yaml is missing: /);
  });

  it('bounces neither service for what concerns the other', async () => {
    const config: PayloadConfig = {
      scriptsDirectory: path.join(node.root, 'own/scripts'),
      configDirectory: path.join(node.root, 'own/config'),
      bacalhauDataDirectory: '/bacalhau_data',
      bacalhauNodeDirectory: '/bacalhau_node',
      images: { bacalhau: 'b', sensor: 's' },
    };
    await cp(workload, path.join(node.root, 'own'), { recursive: true });
    await cp(path.join(workload, 'services'), path.join(node.root, 'own/scripts'), {
      recursive: true,
    });
    const digests = async () =>
      new Map(
        servicesOf(await collectFiles(config, workload)).map(({ unit, digest }) => [unit, digest]),
      );
    const before = await digests();
    const changed = async (name: string) => {
      const content = await node.read(`own/${name}`);
      const mode = await node.mode(`own/${name}`);
      await node.write(`own/${name}`, `${content}# changed\n`, mode);
      const after = await digests();
      await node.write(`own/${name}`, content, mode);
      return [...before.keys()].filter((unit) => before.get(unit) !== after.get(unit));
    };
    for (const name of [
      'scripts/bacalhau-startup.sh',
      'config/docker-compose.yaml',
      'config/bacalhau-config.yaml',
    ]) {
      assert.deepEqual(await changed(name), ['bacalhau-startup.service'], name);
    }
    for (const name of [
      'scripts/sensor.sh',
      'config/docker-compose-sensor.yaml',
      'config/sensor-config.yaml',
    ]) {
      assert.deepEqual(await changed(name), ['sensor.service'], name);
    }
  });
});
