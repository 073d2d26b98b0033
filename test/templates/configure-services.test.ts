import assert from 'node:assert/strict';
import { copyFile, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Content, StandInNode, sha256 } from './stand-in-node.ts';

const unit = (script: string, more = '') =>
  `[Service]\nExecStart=/opt/uploaded_files/scripts/${script}\n${more}[Install]\nWantedBy=multi-user.target\n`;

const script = { content: '#!/bin/sh\nsleep 1000\n', mode: 0o755 };

const payload: Readonly<Record<string, Content>> = {
  'scripts/a.sh': script,
  'scripts/b.sh': script,
  'config/token': { content: 'secret\n', mode: 0o600 },
  'files/data/table.csv': '1,2\n',
  'units/a.service': { content: unit('a.sh'), mode: 0o775 },
  'units/b.service': unit('b.sh'),
  'units/b.service.d/more.conf': '[Service]\nNice=5\n',
  'services.tsv': 'a.service\ta1\tstart\nb.service\tb1\tstart\n',
};

describe('configure-services', () => {
  let node: StandInNode;
  beforeEach(async () => {
    node = await StandInNode.make();
    await node.prepare();
  });
  afterEach(async () => {
    await node.remove();
  });

  const configured = async (files = payload) => {
    assert.equal((await node.upload(files)).status, 0);
    const { status, stderr } = await node.configure();
    assert.equal(status, 0, stderr);
  };
  const failed = async (files: Readonly<Record<string, Content>>) => {
    assert.equal((await node.upload(files)).status, 0);
    const { status, stderr } = await node.configure();
    assert.equal(status, 1, stderr);
    const failure = await node.failure();
    assert.ok(stderr.endsWith(`${failure.join('\n')}\n`), stderr);
    return failure;
  };

  it('puts every file in its place and starts the services', async () => {
    await configured();
    assert.equal(await node.mode('opt/uploaded_files/scripts/a.sh'), 0o755);
    assert.equal(await node.mode('opt/uploaded_files/config/token'), 0o600);
    assert.equal(await node.read('opt/uploaded_files/data/table.csv'), '1,2\n');
    assert.equal(await node.mode('opt/uploaded_files/data'), 0o755);
    assert.equal(await node.read('etc/systemd/system/a.service'), unit('a.sh'));
    // systemd warns about units that are executable.
    assert.equal(await node.mode('etc/systemd/system/a.service'), 0o644);
    assert.equal(
      await node.read('etc/systemd/system/b.service.d/more.conf'),
      '[Service]\nNice=5\n',
    );
    assert.deepEqual(await node.calls(), [
      'daemon-reload',
      'enable a.service',
      'enable b.service',
      'restart --no-block a.service',
      'restart --no-block b.service',
    ]);
  });

  it('closes the folder of secrets, unless somebody put files there that others may read', async () => {
    const secret = { content: 'hunter2', mode: 0o600 };
    await configured({ ...payload, 'files/secrets/token': secret });
    assert.equal(await node.mode('opt/uploaded_files/secrets'), 0o700);
    assert.equal(await node.mode('opt/uploaded_files/secrets/token'), 0o600);
    await configured();
    await assert.rejects(node.mode('opt/uploaded_files/secrets'), { code: 'ENOENT' });
    await configured({ ...payload, 'files/secrets/token': secret, 'files/secrets/names': 'all' });
    assert.equal(await node.mode('opt/uploaded_files/secrets'), 0o755);
  });

  it('keeps what it applied, so that nothing depends on /tmp from then on', async () => {
    await configured();
    assert.deepEqual(await node.list('tmp/exs'), []);
    assert.deepEqual(await node.list('var/lib/spot-tui'), [
      'configured',
      'installed.sha256',
      'manifest.sha256',
      'node.env',
      'placed',
      'prepared',
      'services.tsv',
      'started.tsv',
    ]);
    assert.match(await node.read('var/lib/spot-tui/configured'), /^i-0001\n[\w-]+\n$/);
    assert.equal(await node.read('var/lib/spot-tui/services.tsv'), payload['services.tsv']);
    assert.match(await node.read('var/lib/spot-tui/node.env'), /^SPOT_TUI_NODE=us-west-2-1$/m);
    const check = await node.check('var/lib/spot-tui/installed.sha256');
    assert.deepEqual(check, { status: 0, lines: 7 });
    await node.write('opt/uploaded_files/data/table.csv', 'edited\n');
    assert.equal((await node.check('var/lib/spot-tui/installed.sha256')).status, 1);
  });

  it('keeps sums to itself, by which somebody could find out what a short secret is', async () => {
    await configured({ ...payload, 'files/secrets/pin': { content: '1234', mode: 0o600 } });
    for (const name of ['installed.sha256', 'manifest.sha256', 'services.tsv', 'started.tsv']) {
      assert.equal(await node.mode(`var/lib/spot-tui/${name}`), 0o600, name);
    }
    for (const name of ['configured', 'node.env']) {
      assert.equal(await node.mode(`var/lib/spot-tui/${name}`), 0o644, name);
    }
  });

  it('bounces nothing when it is triggered again, or gets the same files again', async () => {
    await configured();
    await node.calls();
    assert.equal((await node.configure()).status, 0);
    assert.deepEqual(await node.calls(), ['enable a.service', 'enable b.service']);
    await configured();
    assert.deepEqual(await node.calls(), ['daemon-reload', 'enable a.service', 'enable b.service']);
  });

  it('restarts only the service whose files changed', async () => {
    await configured();
    await node.calls();
    await configured({
      ...payload,
      'scripts/b.sh': { ...script, content: '#!/bin/sh\nexit\n' },
      'services.tsv': 'a.service\ta1\tstart\nb.service\tb2\tstart\n',
    });
    assert.deepEqual(
      (await node.calls()).filter((call) => call.startsWith('restart')),
      ['restart --no-block b.service'],
    );
  });

  it('restarts all services when somebody has changed a file: any may have read it', async () => {
    await configured();
    await node.write('opt/uploaded_files/data/table.csv', 'edited\n');
    await node.calls();
    assert.equal((await node.upload(payload)).status, 0);
    const { status, stdout } = await node.configure();
    assert.equal(status, 0);
    assert.match(stdout, /^changed on this node .*: \/opt\/uploaded_files\/data\/table\.csv$/m);
    assert.equal(await node.read('opt/uploaded_files/data/table.csv'), '1,2\n');
    assert.deepEqual(await node.calls(), [
      'daemon-reload',
      'enable a.service',
      'enable b.service',
      'restart --no-block a.service',
      'restart --no-block b.service',
    ]);
  });

  it('installs, but neither enables nor starts, what others start', async () => {
    await configured({
      ...payload,
      'services.tsv': 'a.service\ta1\tinstall\nb.service\tb1\tstart\n',
    });
    assert.ok(!(await node.calls()).join().includes('a.service'));
    assert.ok(await node.exists('etc/systemd/system/a.service'));
  });

  it('starts services that should run and do not', async () => {
    await configured();
    await node.unit('a.service', { ActiveState: 'failed' });
    await node.unit('b.service', { ActiveState: 'activating', SubState: 'auto-restart' });
    await node.calls();
    assert.equal((await node.configure()).status, 0);
    assert.deepEqual(
      (await node.calls()).filter((call) => call.startsWith('restart')),
      ['restart --no-block a.service', 'restart --no-block b.service'],
    );
  });

  it('lets a oneshot rest that has done its work', async () => {
    await configured();
    const done = { ActiveState: 'inactive', Type: 'oneshot', Result: 'success', InvocationID: '1' };
    await node.unit('a.service', done);
    await node.unit('b.service', { ...done, Result: 'exit-code' });
    await node.calls();
    assert.equal((await node.configure()).status, 0);
    assert.deepEqual(
      (await node.calls()).filter((call) => call.startsWith('restart')),
      ['restart --no-block b.service'],
    );
  });

  it('takes away what is no longer uploaded, and stops units before', async () => {
    await configured();
    await node.write('opt/uploaded_files/scripts/made-here', 'mine\n');
    await node.calls();
    await configured({
      'scripts/a.sh': script,
      'units/a.service': unit('a.sh'),
      'services.tsv': 'a.service\ta1\tstart\n',
    });
    assert.deepEqual((await node.calls()).slice(0, 2), [
      'disable --now b.service',
      'daemon-reload',
    ]);
    assert.deepEqual(await node.list('opt/uploaded_files'), ['config', 'scripts']);
    assert.deepEqual(await node.list('opt/uploaded_files/scripts'), ['a.sh', 'made-here']);
    assert.deepEqual(await node.list('etc/systemd/system'), ['a.service']);
  });

  describe('fails, and changes nothing, with', () => {
    afterEach(async () => {
      assert.equal(await node.exists('etc/systemd/system/a.service'), false);
      assert.equal(await node.exists('var/lib/spot-tui/configured'), false);
      assert.deepEqual(await node.calls(), []);
    });

    it('a unit that names a script which was not uploaded', async () => {
      const { 'scripts/b.sh': _, ...rest } = payload;
      assert.deepEqual(await failed(rest), [
        'unit b.service names /opt/uploaded_files/scripts/b.sh, which is not in the payload',
        'Put b.sh into the scripts directory, then run spot-tui push us-west-2-1.',
      ]);
    });

    it('a script that is not executable', async () => {
      const [reason] = await failed({ ...payload, 'scripts/b.sh': '#!/bin/sh\n' });
      assert.equal(
        reason,
        'unit b.service runs /opt/uploaded_files/scripts/b.sh, which is not executable',
      );
    });

    it('a configuration file that a unit can not do without', async () => {
      const [reason] = await failed({
        ...payload,
        'units/a.service': unit('a.sh --config \\\n /opt/uploaded_files/config/a.yaml'),
      });
      assert.equal(
        reason,
        'unit a.service names /opt/uploaded_files/config/a.yaml, which is not in the payload',
      );
    });

    it('a service to start that has no unit file', async () => {
      const [reason] = await failed({ ...payload, 'services.tsv': 'c.service\tc1\tstart\n' });
      assert.equal(
        reason,
        'unit c.service is to be started, but the payload has no such unit file',
      );
    });

    it('two files for one place', async () => {
      const [reason] = await failed({ ...payload, 'files/scripts/a.sh': script });
      assert.equal(reason, 'files/scripts/a.sh has no place of its own on a node');
    });

    it('a file that would leave its place', async () => {
      await node.upload(payload);
      await node.write('opt/etc/passwd', 'x\n');
      await node.write('tmp/exs/manifest.sha256', `${sha256('x\n')}  files/../../../etc/passwd\n`);
      assert.equal((await node.configure()).status, 1);
      assert.deepEqual(
        (await node.failure())[0],
        'files/../../../etc/passwd has no place of its own on a node',
      );
    });

    it('a file in /tmp/exs that was changed', async () => {
      await node.upload(payload);
      await node.write('tmp/exs/scripts/a.sh', 'changed\n');
      assert.equal((await node.configure()).status, 1);
      assert.match((await node.failure())[0] ?? '', /^scripts\/a.sh is corrupt in .*\/tmp\/exs$/);
    });

    it('nothing uploaded', async () => {
      assert.equal((await node.configure()).status, 1);
      assert.match((await node.failure())[0] ?? '', /^nothing was uploaded to .*\/tmp\/exs$/);
    });

    it('a cloud-init that does not end', async () => {
      await node.upload(payload);
      await rm(`${node.root}/run/cloud-init/result.json`);
      assert.equal((await node.configure()).status, 1);
      assert.match(
        (await node.failure())[0] ?? '',
        /^cloud-init has not finished within 0 seconds$/,
      );
    });

    it('a disk that is full', async () => {
      await node.program('cp', 'echo "cp: error writing x: No space left on device" >&2; exit 1');
      const [reason] = await failed(payload);
      assert.match(
        reason ?? '',
        /^can't copy the uploaded files: no space left on the disk \(\d+ MiB free on \/.*\)$/,
      );
    });
  });

  it('goes on after the cause is gone, with the files that are there', async () => {
    await node.program('cp', 'echo "cp: error writing x: No space left on device" >&2; exit 1');
    await failed(payload);
    await node.program('cp', 'PATH=/usr/bin:/bin exec cp "$@"');
    assert.equal((await node.configure()).status, 0);
    assert.equal(await node.exists('var/lib/spot-tui/failure'), false);
    assert.ok(await node.exists('var/lib/spot-tui/configured'));
  });

  it('touches no service when one of them can not be loaded, and says why', async () => {
    await configured();
    await node.calls();
    await node.unit('b.service', {
      LoadState: 'bad-setting',
      refusal: 'Failed to start b.service: Unit b.service has a bad unit file setting.',
    });
    await node.program(
      'systemd-analyze',
      'echo "b.service: Service has no ExecStart=. Refusing." >&2; exit 1',
    );
    const [reason] = await failed({
      ...payload,
      'services.tsv': 'a.service\ta2\tstart\nb.service\tb2\tstart\n',
    });
    assert.equal(reason, "unit b.service can't be loaded: Service has no ExecStart=. Refusing.");
    assert.deepEqual(
      (await node.calls()).filter((call) => call.startsWith('restart')),
      [],
    );
  });

  it('leaves alone what a shell decides, what may fail, and what the node made', async () => {
    await node.write('opt/uploaded_files/config/made-here', 'x\n');
    await configured({
      ...payload,
      'units/a.service': unit(
        'a.sh /opt/uploaded_files/config/made-here',
        [
          "ExecStartPre=/bin/sh -c '[ ! -f /opt/uploaded_files/config/x ] || cat /opt/uploaded_files/config/x'",
          'ExecStartPre=-/opt/uploaded_files/scripts/optional.sh',
          'EnvironmentFile=-/opt/uploaded_files/config/optional.env',
          'ExecStartPre=/opt/uploaded_files/scripts/made/later/python x',
          '# ExecStart=/opt/uploaded_files/scripts/old.sh',
          '',
        ].join('\n'),
      ),
    });
  });

  it("gives the old system's units the unit that they require", async () => {
    const old = {
      ...payload,
      'units/b.service': `[Unit]\nRequires=docker.service setup-config.service\n${unit('b.sh')}`,
    };
    await configured(old);
    assert.match(
      await node.read('etc/systemd/system/setup-config.service'),
      /ExecStart=\/bin\/true/,
    );
    await configured(old);
    assert.ok(await node.exists('etc/systemd/system/setup-config.service'));
    await configured(payload);
    assert.equal(await node.exists('etc/systemd/system/setup-config.service'), false);
  });

  it('does what cloud-init failed to do, or says what is still missing', async () => {
    await rm(`${node.root}/var/lib/spot-tui/prepared`);
    await copyFile(
      'templates/prepare-node.sh',
      `${node.root}/usr/local/lib/spot-tui/prepare-node.sh`,
    );
    await node.unit('docker.service', { refusal: 'Job for docker.service failed.' });
    assert.deepEqual(await failed(payload), [
      'this node is not prepared: docker.service does not start: Job for docker.service failed.',
      'Look at journalctl -u docker on the node.',
    ]);
    await rm(`${node.root}/units/docker.service`, { recursive: true });
    assert.equal((await node.configure()).status, 0);
    assert.ok(await node.exists('var/lib/spot-tui/configured'));
  });

  describe('at boot', () => {
    beforeEach(async () => {
      await node.unit('multi-user.target', {
        ActiveState: 'inactive',
        After: 'basic.target configure-services.service',
      });
    });
    const boot = async () => {
      await rm(`${node.root}/run`, { recursive: true });
      await node.calls();
      return await node.configure();
    };

    it('waits for nothing before the node is configured', async () => {
      const { status, stdout } = await boot();
      assert.deepEqual([status, stdout], [0, 'nothing was installed yet\n']);
    });

    it('leaves the services to systemd once the node is configured', async () => {
      await node.write('run/spot-tui/ran', '');
      await configured();
      assert.deepEqual([(await boot()).status, await node.calls()], [0, []]);
    });

    it('does not keep services from starting when an upload is broken', async () => {
      await node.write('run/spot-tui/ran', '');
      await configured();
      await node.upload(payload);
      await node.write('tmp/exs/scripts/a.sh', 'changed\n');
      assert.equal((await boot()).status, 0);
      assert.match((await node.failure())[0] ?? '', /is corrupt/);
    });

    it('does as it is told when it is triggered before the boot has ended', async () => {
      await boot();
      await node.prepare();
      await configured();
    });
  });

  it('revives nothing when a service that restarts by itself starts it', async () => {
    await configured();
    await node.unit('a.service', { ActiveState: 'failed' });
    await node.write(
      'jobs',
      '  12 b.service start waiting\n  13 configure-services.service start running\n',
    );
    await node.calls();
    assert.equal((await node.configure()).status, 0);
    assert.deepEqual(await node.calls(), []);
  });

  it('waits again on a machine that was made from an image of a configured one', async () => {
    await configured();
    await node.prepare('i-0002');
    assert.equal((await node.configure()).status, 1);
    assert.match((await node.failure())[0] ?? '', /^nothing was uploaded/);
  });
});
