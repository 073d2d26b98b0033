import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetEvent } from '../../../source/events/event.ts';
import type { NodeContext } from '../../../source/pipeline/node-context.ts';
import { reportAs } from '../../../source/pipeline/node-report.ts';
import type { PhaseFailure } from '../../../source/pipeline/phase-failure.ts';
import { configure } from '../../../source/pipeline/phases/configuring.ts';
import { type Delivery, deliver } from '../../../source/pipeline/phases/delivering.ts';
import type { Upload } from '../../../source/pipeline/phases/uploading.ts';
import { loadRemoteScripts } from '../../../source/pipeline/remote-script.ts';
import { createAdmission } from '../../../source/ssh/admission.ts';
import type { NodeConnection } from '../../../source/ssh/connection.ts';
import { createConnection } from '../../../source/ssh/node-connection.ts';
import {
  noOpenSsh,
  type OpenSshServer,
  removeServerFiles,
  startOpenSshServer,
} from '../../ssh/openssh-server.ts';
import { pack, sha256, templates } from '../../templates/stand-in-node.ts';

/** What `context.config` is read for. */
const config = { deployment: 'test' } as NodeContext['config'];

describe('a delivery', { skip: noOpenSsh }, () => {
  let server: OpenSshServer;
  let folder: string;
  let root: string;
  let connection: NodeConnection;
  let what: Upload;
  let manifest: string;
  let events: FleetEvent[];
  let context: NodeContext;

  const file = (name: string) => path.join(root, name);
  const write = async (name: string, content: string) => {
    await mkdir(path.dirname(file(name)), { recursive: true });
    await writeFile(file(name), content);
  };
  const program = async (name: string, script: string) => {
    await writeFile(path.join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(folder, 'bin', name), 0o755);
  };
  const calls = () => readFile(file('calls'), 'utf8').catch(() => '');

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'delivery-'));
    root = path.join(folder, 'root');
    await mkdir(path.join(folder, 'bin'));
    server = await startOpenSshServer({
      configuration: [
        `SetEnv HOME=${folder} SPOT_TUI_ROOT=${root} PATH=${path.join(folder, 'bin')}:/usr/bin:/bin`,
      ],
    });
    const packed = await pack({ 'scripts/run.sh': 'echo run\n' });
    manifest = packed.manifest;
    const nothing = { files: [], services: [], containers: [], warnings: [] };
    what = {
      payload: { ...nothing, archive: packed.archive, manifestDigest: packed.digest },
      instanceId: 'i-0001',
    };
  });
  after(async () => {
    await server.stop();
    await removeServerFiles(server);
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    await program('sudo', '[ "$1" = -n ] && shift; exec "$@"');
    await program('systemctl', 'echo "$*" >>"$SPOT_TUI_ROOT/calls"');
    await program('journalctl', 'echo "from the journal"');
    await write('run/cloud-init/result.json', '{\n "v1": {\n  "errors": []\n }\n}\n');
    connection = createConnection({
      target: { host: '127.0.0.1', port: server.port, username: server.username },
      identity: { type: 'key', privateKey: server.privateKey },
      hostKey: async () => ({ trusted: true }),
      admission: createAdmission(4),
    });
    events = [];
    context = {
      name: 'us-west-2-1',
      region: 'us-west-2',
      index: 1,
      config,
      payload: what.payload,
      scripts: await loadRemoteScripts(templates),
      report: reportAs(
        { name: 'us-west-2-1', region: 'us-west-2' },
        (event) => events.push(event),
        Date.now,
      ),
      machine: {
        instanceId: 'i-0001',
        launching: () => Promise.reject(new Error('not asked for')),
        launched: () => Promise.reject(new Error('not asked for')),
        running: () => Promise.reject(new Error('not asked for')),
        connection: () => connection,
        doubt: () => undefined,
      },
    };
  });
  afterEach(async () => {
    connection.close();
    await rm(root, { recursive: true, force: true });
  });

  const run = (signal: AbortSignal, upload = what): Promise<Delivery> =>
    deliver(context, connection, upload, { uploading: signal, all: signal });
  const told = (kind: FleetEvent['event']) => events.filter(({ event }) => event === kind);

  it('has a node go on by itself where cloud-init has nothing to tell', async ({ signal }) => {
    const { applied, configuring } = await run(signal);
    assert.equal(applied, '');
    assert.equal((await configuring)?.exitCode, 0);
    assert.equal(await calls(), 'start configure-services.service\n');
    assert.equal(await readFile(file('tmp/exs/manifest.sha256'), 'utf8'), manifest);
    const { length } = what.payload.archive;
    assert.deepEqual(
      told('progress').map((event) => 'done' in event && [event.done, event.total]),
      [
        [0, length],
        [length, length],
      ],
    );

    await configure(context, connection, signal, { begun: configuring });
    assert.equal(await calls(), 'start configure-services.service\n');
  });

  it('leaves the rest to its caller where cloud-init is at work', async ({ signal }) => {
    await rm(file('run/cloud-init/result.json'));
    const { applied, configuring } = await run(signal);
    assert.deepEqual([applied, configuring], ['', undefined]);
    assert.equal(await readFile(file('tmp/exs/manifest.sha256'), 'utf8'), manifest);
    assert.equal(await calls(), '');
  });

  for (const size of ['small', 'large'] as const) {
    it(`takes nothing that was applied before, ${size} as it is`, async ({ signal }) => {
      await write('var/lib/spot-tui/manifest.sha256', manifest);
      const { payload } = what;
      // The node would say so, if it read that.
      const archive = Buffer.alloc(size === 'small' ? 900_000 : 9_000_000, 'x');
      const { applied, configuring } = await run(signal, {
        ...what,
        payload: { ...payload, archive },
      });
      assert.equal(applied, payload.manifestDigest);
      assert.equal((await configuring)?.exitCode, 0);
      assert.deepEqual(told('progress'), []);
      assert.deepEqual(
        told('log').map((event) => 'message' in event && event.message),
        ['the files are on the node already'],
      );
      assert.equal(await calls(), 'start configure-services.service\n');
    });
  }

  it('replaces what was applied before', async ({ signal }) => {
    await write('var/lib/spot-tui/manifest.sha256', 'another\n');
    const { applied } = await run(signal);
    assert.equal(applied, sha256('another\n'));
    assert.equal(await readFile(file('tmp/exs/manifest.sha256'), 'utf8'), manifest);
  });

  it('fails with the reason of configure-services, which is started once', async ({ signal }) => {
    await program(
      'systemctl',
      'echo "$*" >>"$SPOT_TUI_ROOT/calls"; case $1 in start) exit 3 ;; *) echo loaded ;; esac',
    );
    await write('var/lib/spot-tui/failure', 'the disk is full\nmake room\n');
    const { configuring } = await run(signal);
    await assert.rejects(
      configure(context, connection, signal, { begun: configuring }),
      ({ reason, hint, output }: PhaseFailure) => {
        assert.deepEqual(
          [reason, hint, output],
          ['the disk is full', 'make room', ['from the journal']],
        );
        return true;
      },
    );
    assert.equal((await calls()).match(/^start /gm)?.length, 1);
  });

  it('is triggered again when the connection breaks meanwhile', async ({ signal }) => {
    await program(
      'systemctl',
      `echo "$*" >>"$SPOT_TUI_ROOT/calls"
       [ "$(wc -l <"$SPOT_TUI_ROOT/calls")" -gt 1 ] || {
         echo $PPID >"$SPOT_TUI_ROOT/session"
         while kill -0 $PPID 2>/dev/null; do sleep 0.1; done
       }`,
    );
    const { configuring } = await run(signal);
    let checks = 0;
    const resending = {
      isDue: false,
      sendIfGone: async () => {
        checks += 1;
        return false;
      },
    };
    const configured = configure(context, connection, signal, { begun: configuring, resending });
    let session = '';
    while (session === '') {
      await sleep(10);
      session = (await readFile(file('session'), 'utf8').catch(() => '')).trim();
    }
    process.kill(Number(session), 'SIGKILL');
    await configured;
    assert.equal(checks, 1);
    assert.equal(
      await calls(),
      'start configure-services.service\nstart configure-services.service\n',
    );
  });
});
