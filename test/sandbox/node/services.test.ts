import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, suite, test } from 'node:test';
import { Cloud, obstacle, type TestNode } from './cloud.ts';

suite('services of a sandbox node', { skip: obstacle }, () => {
  let cloud: Cloud;
  let node: TestNode;

  before(async () => {
    cloud = await Cloud.open();
    node = await cloud.launch();
    await node.booted();
  });
  after(async () => {
    node.disconnect();
    await cloud.close();
  });

  const write = async (name: string, text: string): Promise<void> => {
    await node.run(`sudo tee /etc/systemd/system/${name}.service > /dev/null`, text);
    await node.read('sudo systemctl daemon-reload');
  };
  const property = (unit: string, name: string): Promise<string> =>
    node.read(`systemctl show --property=${name} --value ${unit}`);

  test('a service starts, is enabled, runs, and stops', async () => {
    await write(
      'web',
      `[Unit]
Description=A web server
[Service]
Environment=GREETING="hello world" OTHER=x
ExecStart=/bin/sh -c 'echo "$$GREETING \${OTHER} %n"; exec sleep 600'
[Install]
WantedBy=multi-user.target
`,
    );
    const enabled = await node.run('sudo systemctl enable --now web');
    assert.equal(enabled.code, 0);
    assert.match(enabled.stderr, /Created symlink .*multi-user\.target\.wants\/web\.service/);
    assert.equal(await node.read('systemctl is-active web'), 'active');
    assert.equal(await node.read('systemctl is-enabled web.service'), 'enabled');
    await node.until('journalctl -u web -o cat | grep -q "hello world x web.service"');
    const pid = await property('web', 'MainPID');
    assert.match(await node.read(`cat /proc/${pid}/cmdline | tr "\\0" " "`), /^sleep 600/);
    const status = await node.run('systemctl status web');
    assert.equal(status.code, 0);
    assert.match(
      status.stdout,
      /● web\.service - A web server\n.*Loaded: loaded[^\n]*enabled[^\n]*\n.*Active: active \(running\)/s,
    );

    await node.read('sudo systemctl stop web');
    assert.equal((await node.run(`test -e /proc/${pid}`)).code, 1);
    const stopped = await node.run('systemctl is-active web');
    assert.deepEqual([stopped.code, stopped.stdout], [3, 'inactive\n']);
    assert.equal(await property('web', 'Result'), 'success');
  });

  test('a oneshot does its work again at every start, and its failure is told', async () => {
    await write(
      'job',
      '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo run >> /tmp/runs; test ! -e /tmp/broken"\n',
    );
    await node.read('sudo systemctl start job; sudo systemctl start job');
    assert.equal(await node.read('wc -l < /tmp/runs'), '2');
    assert.equal(await property('job', 'ActiveState'), 'inactive');
    await node.read('touch /tmp/broken');
    const failed = await node.run('sudo systemctl start job');
    assert.equal(failed.code, 1);
    assert.match(
      failed.stderr,
      /Job for job\.service failed because the control process exited with error code/,
    );
    assert.equal(
      await node.read('systemctl show -p ActiveState,Result,ExecMainStatus job'),
      'Result=exit-code\nExecMainStatus=1\nActiveState=failed',
    );
    assert.match(
      await node.read('journalctl -u job -o cat -n 4'),
      /Main process exited, code=exited, status=1\/FAILURE/,
    );
  });

  test('a start of a oneshot that is under way joins it', async () => {
    await write(
      'slow',
      '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo x >> /tmp/slow; sleep 0.4"\n',
    );
    await Promise.all([
      node.read('sudo systemctl start slow'),
      node.read('sudo systemctl start slow'),
    ]);
    assert.equal(await node.read('wc -l < /tmp/slow'), '1');
    const began = Date.now();
    await node.read('sudo systemctl start --no-block slow');
    assert.equal(await property('slow', 'ActiveState'), 'activating');
    assert.ok(Date.now() - began < 400);
  });

  test('a service that fails is started again, and given up after its limit', async () => {
    await write(
      'crash',
      `[Unit]
StartLimitBurst=3
StartLimitIntervalSec=60
[Service]
ExecStart=/bin/sh -c 'exit 3'
Restart=on-failure
RestartSec=10ms
`,
    );
    await node.read('sudo systemctl start crash');
    await node.until('systemctl is-failed --quiet crash');
    assert.equal(await property('crash', 'NRestarts'), '3');
    assert.match(
      await node.read('journalctl -u crash -o cat'),
      /Scheduled restart job, restart counter is at 2[\s\S]*Start request repeated too quickly/,
    );
    assert.equal((await node.run('journalctl -u crash -g "too quickly"')).code, 0);
    assert.equal((await node.run('journalctl -u crash -g "nothing like it"')).code, 1);
    const again = await node.run('sudo systemctl start crash');
    assert.equal(again.code, 1);
    await node.read('sudo systemctl reset-failed crash && sudo systemctl start crash');
  });

  test('waits for what it comes after, and does not start when that fails', async () => {
    await write(
      'first',
      '[Service]\nType=oneshot\nExecStart=/bin/sh -c "sleep 0.2; echo first >> /tmp/order; test ! -e /tmp/stop"\n',
    );
    await write(
      'second',
      '[Unit]\nRequires=first.service\nAfter=first.service\n[Service]\nExecStart=/bin/sh -c "echo second >> /tmp/order; sleep 600"\n',
    );
    await node.read('sudo systemctl start second');
    await node.until('test "$(tr "\\n" " " < /tmp/order)" = "first second "');
    await node.read('sudo systemctl stop second; touch /tmp/stop');
    const failed = await node.run('sudo systemctl start second');
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /A dependency job for second\.service failed/);
    assert.deepEqual(
      [await property('second', 'ActiveState'), await property('second', 'Result')],
      ['inactive', 'success'],
    );
  });

  test('a restart of a service runs the oneshot that it requires, and both show as jobs', async () => {
    await node.read('sudo rm -f /tmp/stop /tmp/order; sudo systemctl start second');
    const restart = node.read('sudo systemctl restart second');
    await node.until(
      'systemctl list-jobs --no-legend | grep -Eq "^ *[0-9]+ second.service +restart +waiting"',
    );
    await restart;
    await node.until('test "$(grep -c first /tmp/order)" = 2');
  });

  test('says what can’t be done in systemd’s words', async () => {
    const missing = await node.run('sudo systemctl start nothing');
    assert.deepEqual(
      [missing.code, missing.stderr],
      [5, 'Failed to start nothing.service: Unit nothing.service not found.\n'],
    );
    await write('bad', '[Service]\nType=wrong\nExecStart=/bin/true\n');
    const bad = await node.run('sudo systemctl start bad');
    assert.match(bad.stderr, /Unit bad\.service has a bad unit file setting/);
    assert.equal(await property('bad', 'LoadState'), 'bad-setting');
    await write('absent', '[Service]\nType=oneshot\nExecStart=/opt/absent\n');
    await node.run('sudo systemctl start absent');
    assert.equal(await property('absent', 'ExecMainStatus'), '203');
    const forbidden = await node.run('systemctl start web');
    if ((await node.read('id -u')) !== '0') {
      assert.match(forbidden.stderr, /Interactive authentication required/);
    }
  });

  test('a service’s environment comes from files, and its first command may be ignored', async () => {
    await node.run(
      'sudo tee /etc/settings > /dev/null',
      '# a comment\nNAME="from file"\nNUMBER=5\n',
    );
    await write(
      'settings',
      `[Service]
Type=oneshot
EnvironmentFile=/etc/settings
EnvironmentFile=-/etc/no-such-file
WorkingDirectory=/var/log
ExecStartPre=-/bin/false
ExecStart=/bin/sh -c 'echo "$$NAME $$NUMBER $$PWD" > /tmp/settings'
`,
    );
    await node.read('sudo systemctl start settings');
    assert.equal(await node.read('cat /tmp/settings'), 'from file 5 /var/log');
  });

  test('stop ends what a service left in the background', async () => {
    await write('family', '[Service]\nExecStart=/bin/sh -c "setsid sleep 654 & exec sleep 655"\n');
    await node.read('sudo systemctl start family');
    await node.until('pgrep -f "^sleep 654" > /dev/null');
    await node.read('sudo systemctl stop family');
    assert.equal((await node.run('pgrep -f "^sleep 65[45]"')).code, 1);
  });

  test('a start that takes too long fails', async () => {
    await write(
      'forever',
      '[Service]\nType=oneshot\nTimeoutStartSec=200ms\nExecStart=/bin/sleep 600\n',
    );
    assert.equal((await node.run('sudo systemctl start forever')).code, 1);
    assert.equal(await property('forever', 'Result'), 'timeout');
  });

  test('the journal is followed as it grows, as JSON', async () => {
    await write(
      'talk',
      '[Service]\nType=oneshot\nSyslogIdentifier=talker\nExecStart=/bin/sh -c "echo one; echo \'<3>two\'"\n',
    );
    const { channel, outcome } = await node.exec('journalctl -u talk -f -o json -n 0');
    await node.until('pgrep -f "journalctl -u tal[k]" > /dev/null');
    const data = once(channel, 'data');
    await node.read('sudo systemctl start talk');
    await data;
    await node.read('sleep 0.2; sudo pkill -f "journalctl -u tal[k]"');
    const records = (await outcome).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const messages = records.map(({ MESSAGE }) => MESSAGE);
    assert.equal(messages[0], 'Starting talk.service...');
    assert.ok(messages.includes('one'));
    const two = records.find(({ MESSAGE }) => MESSAGE === 'two');
    assert.deepEqual(
      [two.PRIORITY, two.SYSLOG_IDENTIFIER, two._SYSTEMD_UNIT],
      ['3', 'talker', 'talk.service'],
    );
    const rest = await node.read(`journalctl -u talk -o cat --after-cursor='${two.__CURSOR}'`);
    assert.doesNotMatch(rest, /^two$/m);
    assert.match(rest, /Finished talk\.service/);
  });

  test('journalctl ends when its reader is gone', async () => {
    const { channel } = await node.exec('journalctl -u none -f');
    await node.until('pgrep -f "journalctl -u non[e]" > /dev/null');
    channel.close();
    await node.until('! pgrep -f "journalctl -u non[e]" > /dev/null');
  });

  test('after a reboot, what is enabled runs again and what is not does not', async () => {
    await node.read('sudo systemctl start web family');
    await node.restart(() => node.read('sudo systemctl reboot'));
    await node.until('systemctl is-active --quiet web');
    assert.equal((await node.run('systemctl is-active family')).stdout, 'inactive\n');
    await node.until('test "$(systemctl is-system-running)" = running');
    assert.match(
      await node.read('journalctl --list-boots'),
      /-1 [0-9a-f]{32}[\s\S]* 0 [0-9a-f]{32}/,
    );
  });
});
