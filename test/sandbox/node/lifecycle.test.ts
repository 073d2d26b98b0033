import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { Cloud, connectOnce, obstacle } from './cloud.ts';

const abandon = fileURLToPath(new URL('abandon.ts', import.meta.url));
const userDataTemplate = fileURLToPath(
  new URL('../../../templates/cloud-init.yaml', import.meta.url),
);

/** Processes of this machine whose command line holds a text, but for one. */
const processesWith = async (text: string, except?: number): Promise<string[]> => {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(text) && Number.parseInt(line, 10) !== except);
};

suite('the life of sandbox nodes', { skip: obstacle }, () => {
  let cloud: Cloud;

  before(async () => {
    cloud = await Cloud.open();
  });
  after(() => cloud.close());

  test('fifty nodes are launched, reached and gone', async () => {
    const nodes = await Promise.all(Array.from({ length: 50 }, () => cloud.launch()));
    const outcomes = await Promise.all(nodes.map((node) => node.run('true')));
    assert.deepEqual(new Set(outcomes.map(({ code }) => code)), new Set([0]));
    assert.equal(new Set(nodes.map(({ port }) => port)).size, 50);
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

  test('one that boots slowly refuses connections at first, then logins, then opens', async () => {
    const slow = await Cloud.open({
      bootTimes: () => ({
        ...{ unreachable: 300, booting: 400, config: 0 },
        ...{ final: 1500, packages: 0, pull: 0 },
      }),
    });
    const { bootcmd } = parse(await readFile(userDataTemplate, 'utf8'));
    try {
      const { sshPort = 0 } = await slow.hypervisor.launch({
        instanceId: 'i-22222222222222222',
        region: 'us-west-2',
        zone: 'us-west-2a',
        instanceType: 't3.medium',
        imageId: 'ami-0',
        userData: `#cloud-config\n${stringify({ bootcmd })}`,
      });
      const problems: string[] = [];
      for (;;) {
        const problem = await connectOnce(sshPort, slow.privateKey).then(
          (client) => {
            client.end();
            return undefined;
          },
          (error: Error) => error.message,
        );
        if (problem === undefined) break;
        problems.push(problem);
        await sleep(50);
      }
      assert.match(problems[0] ?? '', /ECONNRESET|lost|closed/);
      assert.match(problems.at(-1) ?? '', /System is booting up/);
      const log = await slow.hypervisor.consoleOutput('i-22222222222222222');
      assert.match(log, /^spot-tui: host key 256 SHA256:\S{43} root@ip-\S+ \(ED25519\)\r$/m);
      assert.match(log, /^spot-tui: end of host keys\r$/m);
      assert.doesNotMatch(log, /finished at/);
    } finally {
      await slow.close();
    }
  });

  test('nothing runs on when the sandbox’s process is killed', async () => {
    const mark = `${process.pid}.${Date.now()}`;
    const child = spawn(process.execPath, ['--import', 'tsx', abandon, mark], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [folder] = await once(child.stdout.setEncoding('utf8'), 'data');
      assert.notDeepEqual(await processesWith(mark, child.pid), []);
      child.kill('SIGKILL');
      for (let tries = 0; (await processesWith(mark)).length > 0; tries += 1) {
        assert.ok(tries < 100, 'processes of the node are still there');
        await sleep(50);
      }
      await rm(String(folder).trim(), { recursive: true, force: true });
    } finally {
      child.kill('SIGKILL');
    }
  });
});
