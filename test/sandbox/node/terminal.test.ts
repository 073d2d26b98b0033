import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { ClientChannel } from 'ssh2';
import { Cloud, type Outcome, obstacle, outcomeOf, type TestNode } from './cloud.ts';

suite('a terminal on a sandbox node', { skip: obstacle }, () => {
  let cloud: Cloud;
  let node: TestNode;

  before(async () => {
    cloud = await Cloud.open();
    node = await cloud.launch();
  });
  after(async () => {
    node.disconnect();
    await cloud.close();
  });

  /** A shell, and a way to wait for what it prints. */
  const openShell = async (
    size = { rows: 30, cols: 100 },
  ): Promise<{
    channel: ClientChannel;
    outcome: Promise<Outcome>;
    shows: (pattern: RegExp) => Promise<void>;
  }> => {
    const client = await node.connect();
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      client.shell({ ...size, term: 'xterm-256color' }, (error, opened) => {
        if (error === undefined) resolve(opened);
        else reject(error);
      });
    });
    let seen = '';
    let look = (): void => undefined;
    channel.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      look();
    });
    const shows = (pattern: RegExp): Promise<void> =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`never saw ${pattern} in ${JSON.stringify(seen)}`)),
          10_000,
        );
        look = () => {
          if (!pattern.test(seen)) return;
          clearTimeout(timer);
          seen = seen.replace(pattern, '');
          resolve();
        };
        look();
      });
    return { channel, outcome: outcomeOf(channel), shows };
  };

  const prompt = /ubuntu@ip-172-31-\d+-\d+.*:.*~.*\$ /;

  test('greets, prompts, echoes, and ends with the shell’s status', async () => {
    const { channel, outcome, shows } = await openShell();
    await shows(/Welcome to Ubuntu 24\.04 LTS \(sandbox\)/);
    await shows(prompt);
    channel.write('tty; stty size; echo "$TERM"\r');
    await shows(/tty; stty size/);
    await shows(/\/dev\/pts\/\d+\r\n30 100\r\nxterm-256color/);
    channel.write('exit 7\r');
    assert.equal((await outcome).code, 7);
  });

  test('has job control: ^C ends a command, ^Z stops it', async () => {
    const { channel, outcome, shows } = await openShell();
    await shows(prompt);
    channel.write('sleep 600\r');
    await shows(/sleep 600/);
    await node.until('pgrep -x sleep > /dev/null');
    channel.write('\x03');
    await shows(/\^C[\s\S]*\$ /);
    channel.write('sleep 601\r');
    await node.until('pgrep -f "^sleep 601" > /dev/null');
    channel.write('\x1a');
    await shows(/Stopped\s+sleep 601/);
    channel.write('fg\r');
    await shows(/fg\r\n[\s\S]*sleep 601\r\n/);
    // Bash names the command before it gives the terminal to it: ^C sooner would be bash's own.
    await node.until('ps -o stat= -p "$(pgrep -f "^sleep 601")" | grep -q "^S.*+"');
    channel.write('\x03');
    await shows(/\^C[\s\S]*\$ /);
    channel.write('exit\r');
    await outcome;
  });

  test('follows the size of the window', async () => {
    const { channel, outcome, shows } = await openShell();
    await shows(prompt);
    channel.write('trap "echo resized" WINCH; tty > /tmp/tty; echo ready\r');
    await shows(/\rready/);
    channel.setWindow(50, 120, 0, 0);
    // stty sets rows and columns one after the other, so a shell may see one before the other.
    await node.until('stty -F "$(cat /tmp/tty)" size | grep -qx "50 120"');
    channel.write('\r');
    await shows(/resized\r\n/);
    channel.write('stty size\r');
    await shows(/50 120/);
    channel.write('exit 0\r');
    assert.equal((await outcome).code, 0);
  });

  test('what runs at a terminal ends with it', async () => {
    const { channel, shows } = await openShell();
    await shows(prompt);
    channel.write('sleep 602\r');
    await node.until('pgrep -f "^sleep 602" > /dev/null');
    channel.close();
    await node.until('! pgrep -f "^sleep 602" > /dev/null');
  });

  test('the system’s ssh gets a shell, runs commands, and ends with their status', async () => {
    const key = path.join(cloud.folder, 'key');
    await writeFile(key, cloud.privateKey, { mode: 0o600 });
    const ssh = (
      words: readonly string[],
      input = '',
    ): Promise<{ code: number | null; stdout: string }> =>
      new Promise((resolve, reject) => {
        const child = spawn(
          'ssh',
          [
            ...['-F', 'none', '-i', key, '-p', String(node.port), '-o', 'IdentitiesOnly=yes'],
            ...['-o', `UserKnownHostsFile=${path.join(cloud.folder, 'known_hosts')}`],
            ...['-o', 'GlobalKnownHostsFile=/dev/null', '-o', 'StrictHostKeyChecking=accept-new'],
            ...['-o', 'LogLevel=ERROR', ...words],
          ],
          { stdio: ['pipe', 'pipe', 'inherit'] },
        );
        let stdout = '';
        child.stdout.on('data', (chunk) => {
          stdout += chunk;
        });
        child.on('error', reject);
        child.on('close', (code) => resolve({ code, stdout }));
        child.stdin.end(input);
      });
    assert.deepEqual(await ssh(['ubuntu@127.0.0.1', 'cat; exit 9'], 'from here'), {
      code: 9,
      stdout: 'from here',
    });
    const { code, stdout } = await ssh(
      ['-tt', 'ubuntu@127.0.0.1'],
      'stty size; echo on $(tty)\nexit 5\n',
    );
    assert.equal(code, 5);
    assert.match(stdout, /on \/dev\/pts\/\d+/);
    assert.match((await ssh(['-tt', 'ubuntu@127.0.0.1', 'tty; exit 4'])).stdout, /\/dev\/pts\/\d+/);
  });
});
