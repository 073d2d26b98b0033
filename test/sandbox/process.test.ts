import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  DescribeImagesCommand,
  DescribeVpcsCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import ssh2 from 'ssh2';
import {
  clearFaults,
  ensureSandbox,
  injectFault,
  type Sandbox,
  SandboxBuildMismatch,
  SandboxError,
  sandboxStatus,
  stopSandbox,
} from '../../source/sandbox/client.ts';
import { isAlive } from '../../source/sandbox/process-id.ts';
import type { Lifetimes } from '../../source/sandbox/program-arguments.ts';
import { buildProgram, temporaryFolder } from './built-programs.ts';

const programs = { folder: '', sandbox: '', other: '', hanging: '', ensure: '' };

before(async () => {
  programs.folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-programs-'));
  [programs.sandbox, programs.other, programs.hanging, programs.ensure] = await Promise.all([
    buildProgram('sandbox-program', programs.folder),
    buildProgram('sandbox-program', programs.folder, 'abcdef123456'),
    buildProgram('hanging-program', programs.folder),
    buildProgram('ensure-program', programs.folder),
  ]);
});

after(() => rm(programs.folder, { recursive: true, force: true }));

const lifetimes: Lifetimes = {
  afterLastNode: 400,
  withoutNodes: 20_000,
  quiet: 0,
  extension: 0,
};

/** A folder for a sandbox; whatever runs in it ends with the test. */
const sandboxFolder = (context: TestContext): Promise<string> =>
  temporaryFolder(context, async (folder) => {
    await stopSandbox(folder);
  });

const ensure = (
  folder: string,
  options: Partial<Parameters<typeof ensureSandbox>[0]> = {},
): Promise<Sandbox> =>
  ensureSandbox({
    folder,
    fast: true,
    signal: AbortSignal.timeout(20_000),
    programPath: programs.sandbox,
    lifetimes,
    ...options,
  });

const clientOf = (context: TestContext, sandbox: Sandbox): EC2Client => {
  const client = new EC2Client({
    region: 'us-west-2',
    endpoint: sandbox.endpointUrl,
    credentials: sandbox.credentials,
    maxAttempts: 1,
  });
  context.after(() => client.destroy());
  return client;
};

const launch = async (ec2: EC2Client): Promise<string> => {
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({ Filters: [{ Name: 'architecture', Values: ['x86_64'] }] }),
  );
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: String(Images[0]?.ImageId),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  return String(Instances[0]?.InstanceId);
};

/** Waits until a process has ended; answers how long that took, in milliseconds. */
const untilGone = async (pid: number, patience = 8_000): Promise<number> => {
  const start = Date.now();
  while (isAlive(pid)) {
    assert.ok(Date.now() < start + patience, `process ${pid} is still there`);
    await sleep(20);
  }
  return Date.now() - start;
};

const logOf = (folder: string): Promise<string> =>
  readFile(path.join(folder, 'sandbox.log'), 'utf8');

test('a sandbox starts on demand, is found again, and is nobody else’s', async (context) => {
  const folder = await sandboxFolder(context);
  assert.equal(await sandboxStatus(folder), undefined);
  const sandbox = await ensure(folder);
  const again = await ensure(folder, { programPath: '/nowhere' });
  assert.deepEqual(again, sandbox);
  const other = await ensure(await sandboxFolder(context));
  assert.notEqual(other.pid, sandbox.pid);
  assert.notEqual(other.endpointUrl, sandbox.endpointUrl);

  const ec2 = clientOf(context, sandbox);
  assert.equal((await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.length, 1);
  const stranger = clientOf(context, { ...sandbox, credentials: other.credentials });
  await assert.rejects(stranger.send(new DescribeVpcsCommand({})), { name: 'AuthFailure' });

  const status = await sandboxStatus(folder);
  assert.equal(status?.pid, sandbox.pid);
  assert.equal(status.isOwnBuild, true);
  assert.deepEqual(status.nodes, []);
});

test('its secrets are readable by their user only, and its key is one of OpenSSH', async (context) => {
  const folder = await sandboxFolder(context);
  const { privateKeyPath, publicKeyPath } = await ensure(folder);
  const mode = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);
  assert.equal(await mode(folder), '700');
  assert.equal(await mode(path.join(folder, 'sandbox.json')), '600');
  assert.equal(await mode(path.join(folder, 'sandbox.log')), '600');
  assert.equal(await mode(privateKeyPath), '600');
  const privateKey = await readFile(privateKeyPath, 'utf8');
  assert.match(privateKey, /^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
  const key = ssh2.utils.parseKey(privateKey);
  assert.ok(!(key instanceof Error));
  const publicLine = await readFile(publicKeyPath, 'utf8');
  assert.equal(publicLine.split(' ')[1], key.getPublicSSH().toString('base64'));
  assert.match(await logOf(folder), new RegExp(`machines for ${publicLine.trim().slice(0, 40)}`));
});

test('commands that start at once get the same sandbox', async (context) => {
  const folder = await sandboxFolder(context);
  const run = promisify(execFile);
  const outputs = await Promise.all(
    Array.from({ length: 4 }, () =>
      run(process.execPath, [programs.ensure, folder, programs.sandbox]),
    ),
  );
  const pids = new Set(outputs.map(({ stdout }) => stdout));
  assert.equal(pids.size, 1, [...pids].join());
  const runs = (await readdir(folder)).filter((name) => name.startsWith('run-'));
  assert.equal(runs.length, 1);
});

test('the sandbox outlives its command and holds nothing of it', async (context) => {
  const folder = await sandboxFolder(context);
  const child = spawn(process.execPath, [programs.ensure, folder, programs.sandbox], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, AWS_SECRET_ACCESS_KEY: 'mine', SOME_TOKEN: 'mine' },
  });
  const output = child.stdout.setEncoding('utf8').toArray();
  // `close` comes when nobody has the pipes open any more.
  const [code] = await once(child, 'close', { signal: AbortSignal.timeout(10_000) });
  assert.equal(code, 0);
  const pid = Number((await output).join(''));
  assert.ok(isAlive(pid));
  if (process.platform === 'linux') {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    assert.doesNotMatch(environment, /mine/);
    assert.match(environment, /PATH=/);
  }
});

test('it ends behind its last node, and not before', async (context) => {
  const folder = await sandboxFolder(context);
  const sandbox = await ensure(folder, { lifetimes: { ...lifetimes, withoutNodes: 1_500 } });
  const ec2 = clientOf(context, sandbox);
  const id = await launch(ec2);
  await sleep(2_000);
  assert.ok(isAlive(sandbox.pid), 'it has a node');
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  const time = await untilGone(sandbox.pid);
  assert.ok(time >= 200, `${time} ms`);
  assert.deepEqual(await readdir(folder), ['sandbox.log']);
  assert.match(await logOf(folder), /ended because its last node is gone/);
  assert.equal(await sandboxStatus(folder), undefined);
});

test('it ends when nobody launches anything', async (context) => {
  const folder = await sandboxFolder(context);
  const { pid } = await ensure(folder, { lifetimes: { ...lifetimes, withoutNodes: 300 } });
  await untilGone(pid);
  assert.match(await logOf(folder), /nobody launched anything/);
});

test('whoever is still talking to it is heard out', async (context) => {
  const folder = await sandboxFolder(context);
  const sandbox = await ensure(folder, {
    lifetimes: { afterLastNode: 100, withoutNodes: 100, quiet: 600, extension: 1_500 },
  });
  const ec2 = clientOf(context, sandbox);
  const start = Date.now();
  while (isAlive(sandbox.pid) && Date.now() < start + 8_000) {
    await ec2.send(new DescribeVpcsCommand({})).catch(() => undefined);
    await sleep(100);
  }
  const time = Date.now() - start;
  assert.ok(time > 1_000 && time < 5_000, `${time} ms`);
});

test('it ends when its folder vanishes', async (context) => {
  const folder = await sandboxFolder(context);
  const sandbox = await ensure(folder);
  await launch(clientOf(context, sandbox));
  await rm(folder, { recursive: true });
  await untilGone(sandbox.pid);
  await assert.rejects(stat(folder), { code: 'ENOENT' });
});

test('it ends when it is told to, with everything in it', async (context) => {
  const folder = await sandboxFolder(context);
  const sandbox = await ensure(folder, { fast: false });
  await launch(clientOf(context, sandbox));
  assert.equal(await stopSandbox(folder), true);
  assert.ok(!isAlive(sandbox.pid));
  assert.match(await logOf(folder), /0 machines left/);
  assert.deepEqual(await readdir(folder), ['sandbox.log']);
  assert.equal(await stopSandbox(folder), false);
});

test('one that doesn’t come to its end is said to be at it, with what it still has', async (context) => {
  const folder = await sandboxFolder(context);
  const { pid, ...sandbox } = await ensure(folder, { programPath: programs.hanging });
  context.after(() => process.kill(pid, 'SIGKILL'));
  const ec2 = clientOf(context, { pid, ...sandbox });
  await launch(ec2);
  await launch(ec2);
  const told: number[] = [];
  await assert.rejects(
    stopSandbox(folder, { patience: 1_500, onProgress: (left) => told.push(left) }),
    (error) => {
      assert.ok(error instanceof SandboxError);
      assert.match(error.message, new RegExp(`process ${pid}.* is ending, but has 2 nodes left`));
      assert.match(error.hint, new RegExp(`Leave it to itself.*kill -KILL ${pid}`));
      return true;
    },
  );
  assert.deepEqual(new Set(told), new Set([2]));
  assert.ok(isAlive(pid));
});

test('a signal ends it properly as well', async (context) => {
  const folder = await sandboxFolder(context);
  const { pid } = await ensure(folder);
  process.kill(pid, 'SIGTERM');
  await untilGone(pid);
  assert.deepEqual(await readdir(folder), ['sandbox.log']);
});

test('after a crash there is a new one, and nothing left of the old', async (context) => {
  const folder = await sandboxFolder(context);
  const crashed = await ensure(folder);
  process.kill(crashed.pid, 'SIGKILL');
  await untilGone(crashed.pid);
  assert.equal(await sandboxStatus(folder), undefined);
  const sandbox = await ensure(folder);
  assert.notEqual(sandbox.pid, crashed.pid);
  await assert.rejects(stat(crashed.privateKeyPath), { code: 'ENOENT' });
  const runs = (await readdir(folder)).filter((name) => name.startsWith('run-'));
  assert.equal(runs.length, 1);
});

test('a lock of a process that died is no obstacle, one of a living process is', async (context) => {
  const folder = await sandboxFolder(context);
  await mkdir(folder, { recursive: true });
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(dead, 'exit');
  await writeFile(path.join(folder, 'start.lock'), `${dead.pid}\n`);
  const sandbox = await ensure(folder);
  await stopSandbox(folder);
  await writeFile(path.join(folder, 'start.lock'), `${process.pid}\n`);
  await assert.rejects(ensure(folder, { signal: AbortSignal.timeout(500) }), {
    name: 'TimeoutError',
  });
  await rm(path.join(folder, 'start.lock'));
  assert.ok(!isAlive(sandbox.pid));
});

test('a sandbox of another build is named instead of guessed at, and can be stopped', async (context) => {
  const folder = await sandboxFolder(context);
  const child = spawn(
    process.execPath,
    [programs.other, '--folder', folder, '--lifetimes', '400,20000,0,0'],
    { stdio: 'ignore' },
  );
  while ((await sandboxStatus(folder)) === undefined) {
    assert.equal(child.exitCode, null);
    await sleep(20);
  }
  await assert.rejects(ensure(folder), (error) => {
    assert.ok(error instanceof SandboxBuildMismatch);
    assert.match(error.message, new RegExp(`process ${child.pid}.*abcdef123456.*development`));
    assert.match(error.hint, /spot-tui sandbox stop/);
    return true;
  });
  await assert.rejects(injectFault(folder, { kind: 'throttle' }), SandboxBuildMismatch);
  assert.equal((await sandboxStatus(folder))?.isOwnBuild, false);
  assert.equal(await stopSandbox(folder), true);
  await ensure(folder);
});

test('a sandbox that can not start says why', async (context) => {
  const folder = await sandboxFolder(context);
  const broken = path.join(await temporaryFolder(context), 'broken.js');
  await writeFile(broken, "throw new Error('no more ports');");
  await assert.rejects(ensure(folder, { programPath: broken }), (error) => {
    assert.ok(error instanceof SandboxError);
    assert.match(error.message, /did not start: .*no more ports/);
    assert.match(error.hint, /sandbox\.log/);
    return true;
  });
  await ensure(folder);
});

test('faults are injected from outside', async (context) => {
  const folder = await sandboxFolder(context);
  await assert.rejects(injectFault(folder, { kind: 'throttle' }), (error) => {
    assert.ok(error instanceof SandboxError);
    assert.match(error.hint, /create --sandbox/);
    return true;
  });
  const ec2 = clientOf(context, await ensure(folder));
  const id = await launch(ec2);
  assert.deepEqual(await injectFault(folder, { kind: 'cut-ssh', target: id }), [id]);
  assert.deepEqual(await injectFault(folder, { kind: 'throttle' }), []);
  await assert.rejects(ec2.send(new DescribeVpcsCommand({})), { name: 'RequestLimitExceeded' });
  await clearFaults(folder);
  await ec2.send(new DescribeVpcsCommand({}));
  await assert.rejects(injectFault(folder, { kind: 'reboot', target: 'apple' }), (error) => {
    assert.ok(error instanceof SandboxError);
    assert.match(error.message, /No running node is called apple/);
    assert.match(error.hint, new RegExp(id));
    return true;
  });
  assert.deepEqual(
    (await sandboxStatus(folder))?.nodes.map(({ instanceId, sshPort }) => [instanceId, sshPort]),
    [[id, 2201]],
  );
});
