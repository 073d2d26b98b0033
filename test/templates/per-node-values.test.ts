import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parse } from 'yaml';
import { type Content, StandInNode } from './stand-in-node.ts';

const unit = (more: string) =>
  `[Service]\nExecStart=/opt/uploaded_files/scripts/run.sh\n${more}[Install]\nWantedBy=multi-user.target\n`;

const payload: Readonly<Record<string, Content>> = {
  'scripts/run.sh.template': {
    content: '#!/bin/sh\nexec server --name "{{node.name}}" --in "{{region}}"\n',
    mode: 0o755,
  },
  'config/app.yaml.template': 'name: "{{node.name}}"\ntoken: "{{secret.token}}"\n',
  'files/data/id.txt.template': '{{identity|raw}}\n',
  'files/secrets/token': { content: 'a "b"\nc\n', mode: 0o600 },
  'units/web.service': unit('EnvironmentFile=/opt/uploaded_files/config/app.yaml\n'),
  'units/other.service': '[Service]\nExecStart=/bin/true\n',
  'services.tsv': 'web.service\tw1\tstart\nother.service\to1\tstart\n',
};

const valuesOf = (name: string) => [
  `SPOT_TUI_NODE=${name}`,
  'SPOT_TUI_REGION=us-west-2',
  'SPOT_TUI_INSTANCE_ID=i-0001',
  'SPOT_TUI_IDENTITY=5c146b14-3c52-8afd-938a-375d0df1fbf6',
];

describe('per-node values', () => {
  let node: StandInNode;
  beforeEach(async () => {
    node = await StandInNode.make();
    await node.prepare();
    await copyFile(
      'templates/render-template.sh',
      `${node.root}/usr/local/lib/spot-tui/render-template.sh`,
    );
  });
  afterEach(async () => {
    await node.remove();
  });

  const configured = async (files = payload, name = 'us-west-2-1') => {
    const { status, stderr } = await node.upload(files, valuesOf(name));
    assert.equal(status, 0, stderr);
    const result = await node.configure();
    assert.equal(result.status, 0, result.stderr);
    return result;
  };
  const failed = async (files: Readonly<Record<string, Content>>) => {
    assert.equal((await node.upload(files, valuesOf('us-west-2-1'))).status, 0);
    assert.equal((await node.configure()).status, 1);
    return (await node.failure())[0];
  };
  const restarts = async () =>
    (await node.calls()).filter((call) => call.startsWith('restart --no-block'));

  it('leave files alone whose names look like steps on the way', async () => {
    const besides = { 'config/app.yaml.values': 'values\n', 'config/app.yaml.new': 'new\n' };
    await configured({ ...payload, ...besides });
    assert.equal(await node.read('opt/uploaded_files/config/app.yaml.values'), 'values\n');
    assert.equal(await node.read('opt/uploaded_files/config/app.yaml.new'), 'new\n');
  });

  it('are in the files under their names, and no template is left', async () => {
    await configured();
    assert.equal(
      await node.read('opt/uploaded_files/scripts/run.sh'),
      '#!/bin/sh\nexec server --name "us-west-2-1" --in "us-west-2"\n',
    );
    assert.deepEqual(parse(await node.read('opt/uploaded_files/config/app.yaml')), {
      name: 'us-west-2-1',
      token: 'a "b"\nc',
    });
    assert.equal(
      await node.read('opt/uploaded_files/data/id.txt'),
      '5c146b14-3c52-8afd-938a-375d0df1fbf6\n',
    );
    assert.deepEqual(await node.list('opt/uploaded_files/scripts'), ['run.sh']);
    assert.deepEqual(await node.list('opt/uploaded_files/config'), ['app.yaml']);
    assert.deepEqual(await node.list('opt/uploaded_files/data'), ['id.txt']);
  });

  it('do not open what holds a secret, and let scripts be run', async () => {
    await configured();
    assert.equal(await node.mode('opt/uploaded_files/config/app.yaml'), 0o600);
    assert.equal(await node.mode('opt/uploaded_files/scripts/run.sh'), 0o755);
    assert.equal(await node.mode('opt/uploaded_files/data/id.txt'), 0o644);
  });

  it('count as what was installed, so that a change on the node is seen', async () => {
    await configured();
    const list = 'var/lib/spot-tui/installed.sha256';
    assert.deepEqual(await node.check(list), { status: 0, lines: 6 });
    assert.doesNotMatch(await node.read(list), /\.template$/m);
    await node.write('opt/uploaded_files/config/app.yaml', 'edited\n');
    assert.equal((await node.check(list)).status, 1);
  });

  it('are in no log', async () => {
    const { stdout, stderr } = await configured();
    assert.equal(`${stdout}${stderr}`.includes('a "b"'), false);
  });

  it('are filled in anew with each push, and restart only who mentions them', async () => {
    await configured();
    await node.calls();
    await configured({
      ...payload,
      'config/app.yaml.template': 'called: "{{node.name}}"\n',
      'services.tsv': 'web.service\tw2\tstart\nother.service\to1\tstart\n',
    });
    assert.equal(await node.read('opt/uploaded_files/config/app.yaml'), 'called: "us-west-2-1"\n');
    assert.equal(await node.mode('opt/uploaded_files/config/app.yaml'), 0o644);
    assert.deepEqual(await restarts(), ['restart --no-block web.service']);
  });

  it('are those that came with the files, not those of before', async () => {
    await configured();
    await configured(payload, 'us-west-2-7');
    assert.match(await node.read('opt/uploaded_files/config/app.yaml'), /"us-west-2-7"/);
  });

  it('go where the template goes, and make way for a plain file of the same name', async () => {
    await configured();
    const { 'config/app.yaml.template': _, 'files/data/id.txt.template': __, ...rest } = payload;
    await configured({ ...rest, 'config/app.yaml': '{{node.name}}\n' });
    assert.equal(await node.exists('opt/uploaded_files/data'), false);
    assert.equal(await node.read('opt/uploaded_files/config/app.yaml'), '{{node.name}}\n');
    const { 'config/app.yaml.template': ___, ...none } = payload;
    await configured({ ...none, 'units/web.service': unit('') });
    assert.equal(await node.exists('opt/uploaded_files/config/app.yaml'), false);
  });

  it('stay as they are when nothing new comes', async () => {
    await configured();
    await node.calls();
    assert.equal((await node.configure()).status, 0);
    assert.match(await node.read('opt/uploaded_files/config/app.yaml'), /"us-west-2-1"/);
    assert.deepEqual(await restarts(), []);
  });

  describe('change nothing on the node', () => {
    afterEach(async () => {
      assert.equal(await node.exists('etc/systemd/system/web.service'), false);
      assert.equal(await node.exists('opt/uploaded_files/config/app.yaml'), false);
      assert.equal(await node.exists('opt/uploaded_files/.incoming'), false);
      assert.deepEqual(await node.calls(), []);
    });

    it('where a name is unknown', async () => {
      assert.equal(
        await failed({ ...payload, 'config/app.yaml.template': 'a: 1\nname: "{{node.nam}}"\n' }),
        "can't fill in the templates: config/app.yaml.template:2: there is no {{node.nam}}",
      );
    });

    it('where a secret is missing', async () => {
      const { 'files/secrets/token': _, ...rest } = payload;
      assert.equal(
        await failed(rest),
        "can't fill in the templates: config/app.yaml.template:2: there is no {{secret.token}}",
      );
    });

    it('where two files would have one name', async () => {
      assert.equal(
        await failed({ ...payload, 'config/app.yaml': 'a: 1\n' }),
        'config/app.yaml has no place of its own on a node',
      );
    });

    it('where a unit runs what a template makes, and nobody may run that', async () => {
      assert.equal(
        await failed({ ...payload, 'scripts/run.sh.template': '#!/bin/sh\n' }),
        'unit web.service runs /opt/uploaded_files/scripts/run.sh, which is not executable',
      );
    });
  });
});
