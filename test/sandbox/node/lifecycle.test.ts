import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { Cloud, connectOnce } from './cloud.ts';

/** Processes of this machine whose command line holds a text. */
const processesWith = async (text: string): Promise<string[]> => {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args=']);
  return stdout.split('\n').filter((line) => line.includes(text) && !line.includes(' ps '));
};

suite('the life of sandbox nodes', () => {
  let cloud: Cloud;

  before(async () => {
    cloud = await Cloud.open();
  });
  after(() => cloud.close());

  test('fifty nodes are launched, reached and gone within seconds', async () => {
    const began = performance.now();
    const nodes = await Promise.all(Array.from({ length: 50 }, () => cloud.launch()));
    const outcomes = await Promise.all(nodes.map((node) => node.run('true')));
    const seconds = (performance.now() - began) / 1000;
    assert.deepEqual(new Set(outcomes.map(({ code }) => code)), new Set([0]));
    assert.equal(new Set(nodes.map(({ port }) => port)).size, 50);
    // Two seconds on two idle cores; others may use them, too.
    assert.ok(seconds < 30, `it took ${seconds.toFixed(1)} s`);
    for (const node of nodes) node.disconnect();
    await Promise.all(nodes.map(({ instanceId }) => cloud.hypervisor.terminate(instanceId)));
    assert.deepEqual(await readdir(path.join(cloud.folder, 'nodes')), ['.base']);
  });

  test('a machine that is terminated takes its processes, files and port along', async () => {
    const node = await cloud.launch();
    const mark = `${process.pid}${Date.now()}`;
    const { channel, outcome } = await node.exec(`exec sleep 600.${mark}`);
    channel.on('error', () => undefined);
    const client = await connectOnce(node.port, cloud.privateKey);
    client.on('error', () => undefined);
    await node.run(`setsid sleep 601.${mark} > /dev/null 2>&1 < /dev/null &`);
    await node.until(`pgrep -f "^sleep 601.${mark}" > /dev/null`);
    assert.equal(
      (await processesWith(`sleep 60`)).filter((line) => line.includes(mark)).length >= 2,
      true,
    );
    await cloud.hypervisor.terminate(node.instanceId);
    await outcome;
    assert.deepEqual(await processesWith(mark), []);
    await assert.rejects(connectOnce(node.port, cloud.privateKey), /ECONNREFUSED/);
    await assert.rejects(cloud.hypervisor.consoleOutput(node.instanceId), /there is no machine/);
    await cloud.hypervisor.terminate(node.instanceId);
  });

  test('one that is terminated while it boots is gone as well', async () => {
    const instanceId = 'i-11111111111111111';
    await cloud.hypervisor.launch({
      instanceId,
      region: 'us-west-2',
      zone: 'us-west-2a',
      instanceType: 't3.medium',
      imageId: 'ami-0',
      userData: '',
    });
    await cloud.hypervisor.terminate(instanceId);
    assert.deepEqual(await readdir(path.join(cloud.folder, 'nodes')), ['.base']);
  });

  test('without hurry, a machine refuses connections at first, then logins, then opens', async () => {
    const slow = await Cloud.open({ fast: false });
    try {
      const launching = slow.launch();
      const { sshPort = 0 } = await slow.hypervisor.launch({
        instanceId: 'i-22222222222222222',
        region: 'us-west-2',
        zone: 'us-west-2a',
        instanceType: 't3.medium',
        imageId: 'ami-0',
        userData: '',
      });
      await assert.rejects(connectOnce(sshPort, slow.privateKey), /ECONNRESET|closed|lost/);
      const problems = new Set<string>();
      for (;;) {
        const problem = await connectOnce(sshPort, slow.privateKey).then(
          (client) => {
            client.end();
            return undefined;
          },
          (error: Error) => error.message,
        );
        if (problem === undefined) break;
        problems.add(problem);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.ok(
        [...problems].some((problem) => problem.includes('System is booting up')),
        [...problems].join(),
      );
      const node = await launching;
      assert.equal((await node.run('test -e /run/cloud-init/result.json')).code, 1);
      node.disconnect();
    } finally {
      await slow.close();
    }
  });
});
