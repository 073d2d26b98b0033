import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import type { PayloadConfig } from '../../../source/config/config.ts';
import { collectFiles } from '../../../source/pipeline/payload/collect-files.ts';
import { containersOf } from '../../../source/pipeline/payload/containers.ts';
import { buildPayload } from '../../../source/pipeline/payload/payload.ts';
import { PayloadError } from '../../../source/pipeline/payload/payload-error.ts';
import { archivePath, type PayloadFile } from '../../../source/pipeline/payload/payload-file.ts';
import { servicesOf } from '../../../source/pipeline/payload/services.ts';
import { sampleConfig } from '../../config/sample-config.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'payload-'));
after(() => rm(folder, { recursive: true, force: true }));

const write = async (name: string, content: string, mode = 0o644) => {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content, { mode });
  return file;
};

const payloadConfig = (config: Partial<PayloadConfig>): PayloadConfig => ({
  ...sampleConfig().payload,
  ...config,
});

const file = (name: string, content: string): PayloadFile => {
  const [top, ...rest] = name.split('/');
  if (top !== 'scripts' && top !== 'config' && top !== 'files' && top !== 'units') {
    throw new Error(`no payload folder: ${name}`);
  }
  return { folder: top, name: rest.join('/'), content: Buffer.from(content), mode: 0o644 };
};

const digests = (files: PayloadFile[]) =>
  Object.fromEntries(servicesOf(files).map(({ unit, digest }) => [unit, digest]));

test('units among the scripts are told from scripts, and file modes are kept', async () => {
  await write('scripts/run.sh', '#!/bin/sh\n', 0o755);
  await write('scripts/web.service', '[Service]\nExecStart=/bin/true\n');
  await write('scripts/web.service.d/limits.conf', '[Service]\n');
  await write('scripts/.DS_Store', 'x');
  const files = await collectFiles(
    payloadConfig({ scriptsDirectory: path.join(folder, 'scripts') }),
    folder,
  );
  assert.deepEqual(
    files.map((each) => [archivePath(each), each.mode.toString(8)]),
    [
      ['scripts/run.sh', '755'],
      ['units/web.service', '644'],
      ['units/web.service.d/limits.conf', '644'],
    ],
  );
});

test('secrets are readable by their owner only, whatever they are here', async () => {
  await write('secrets/orchestrator_token', 'hush\n');
  await write('secrets/tls.pem', '-----BEGIN EC PRIVATE KEY-----\nAAAA\n', 0o664);
  await write('secrets/tls.crt', '-----BEGIN CERTIFICATE-----\nAAAA\n');
  const files = await collectFiles(
    payloadConfig({ configDirectory: path.join(folder, 'secrets') }),
    folder,
  );
  assert.deepEqual(
    files.map(({ name, mode }) => [name, mode.toString(8)]),
    [
      ['orchestrator_token', '600'],
      ['tls.crt', '644'],
      ['tls.pem', '600'],
    ],
  );
});

test('everything that can not be read is named at once', async () => {
  await assert.rejects(
    collectFiles(
      payloadConfig({
        filesDirectory: path.join(folder, 'nowhere'),
        dockerComposeTemplate: path.join(folder, 'missing.yaml'),
      }),
      folder,
    ),
    (error) =>
      error instanceof PayloadError &&
      /^files_directory: .*nowhere: there is no such file or folder$/.test(error.issues[0] ?? '') &&
      /^docker_compose_template: .*missing\.yaml: there is no/.test(error.issues[1] ?? ''),
  );
});

test('a template that no node could fill in is refused before there are nodes', async () => {
  const template = await write('typo/app.yaml.template', 'a: 1\nname: "{{node.nam}}"\n');
  const config = payloadConfig({ configDirectory: path.join(folder, 'typo') });
  await assert.rejects(
    buildPayload(sampleConfig({ payload: config }), folder),
    (error) =>
      error instanceof PayloadError &&
      error.message.startsWith(
        `${template}:2: there is no {{node.nam}}, did you mean {{node.name}}?`,
      ),
  );
});

test('a startup script may be a template', async () => {
  const startupScript = await write('startup.sh.template', '#!/bin/sh\necho "{{node.name}}"\n');
  const payload = payloadConfig({ startupScript });
  const { files, warnings } = await buildPayload(
    sampleConfig({ payload }),
    path.resolve('templates'),
  );
  const unit = files.find(({ name }) => name === 'startup-script.service')?.content.toString();
  assert.match(unit ?? '', /^ExecStart=\/opt\/uploaded_files\/scripts\/startup\.sh$/m);
  assert.deepEqual(warnings, []);
});

test('an empty payload is refused', async () => {
  await mkdir(path.join(folder, 'empty'), { recursive: true });
  await assert.rejects(
    collectFiles(payloadConfig({ filesDirectory: path.join(folder, 'empty') }), folder),
    /the payload is empty/,
  );
});

test('a link is uploaded as what it points to', async () => {
  const target = await write('elsewhere/data.txt', 'data');
  await mkdir(path.join(folder, 'linked'), { recursive: true });
  await symlink(target, path.join(folder, 'linked/data.txt'));
  const [linked] = await collectFiles(
    payloadConfig({ filesDirectory: path.join(folder, 'linked') }),
    folder,
  );
  assert.equal(linked?.content.toString(), 'data');
});

test('a link to a folder is uploaded as the folder', async () => {
  await write('shared/sub/data.txt', 'data');
  await mkdir(path.join(folder, 'linking'), { recursive: true });
  await symlink(path.join(folder, 'shared'), path.join(folder, 'linking/lib'));
  const files = await collectFiles(
    payloadConfig({ filesDirectory: path.join(folder, 'linking') }),
    folder,
  );
  assert.deepEqual(files.map(archivePath), ['files/lib/sub/data.txt']);
});

test('links that lead nowhere, or in circles, are named', async () => {
  for (const [name, target, reason] of [
    ['nowhere', 'missing', 'nowhere: there is no such file or folder'],
    ['circle', '.', 'circle: its symbolic links go round in circles'],
  ] as const) {
    const directory = path.join(folder, `links-${name}`);
    await mkdir(directory, { recursive: true });
    await symlink(path.join(directory, target), path.join(directory, name));
    await assert.rejects(
      collectFiles(payloadConfig({ filesDirectory: directory }), folder),
      (error) => error instanceof PayloadError && error.message.endsWith(reason),
    );
  }
});

test('the manifest is the last entry of the archive and sums up every other one', async () => {
  await write('small/config.yaml', 'a: 1\n');
  const config = payloadConfig({ configDirectory: path.join(folder, 'small') });
  const payload = await buildPayload(sampleConfig({ payload: config }), folder);
  const entries = await unpackTar(gunzipSync(payload.archive));
  assert.deepEqual(
    entries.map(({ header }) => header.name),
    ['config/config.yaml', 'services.tsv', 'manifest.sha256'],
  );
  const manifest = Buffer.from(entries.at(-1)?.data ?? []).toString();
  assert.match(manifest, /^[0-9a-f]{64} {2}config\/config\.yaml\n[0-9a-f]{64} {2}services\.tsv\n$/);
});

test('the same files give the same archive', async () => {
  await write('same/config.yaml', 'a: 1\n');
  const payload = payloadConfig({ configDirectory: path.join(folder, 'same') });
  const config = sampleConfig({ payload });
  const [one, two] = [await buildPayload(config, folder), await buildPayload(config, folder)];
  assert.ok(one.archive.equals(two.archive));
  assert.equal(one.manifestDigest, two.manifestDigest);
});

test('a changed file concerns the services that mention it, directly or through a script', () => {
  const files = (settings: string) => [
    file('units/web.service', '[Service]\nExecStart=/opt/uploaded_files/scripts/web.sh\n'),
    file('units/sensor.service', '[Service]\nExecStart=/opt/uploaded_files/scripts/sensor.sh\n'),
    file('scripts/web.sh', 'exec server --config ../config/web.yaml\n'),
    file('scripts/sensor.sh', 'exec sensor\n'),
    file('config/web.yaml', settings),
  ];
  const [before, after] = [digests(files('port: 1')), digests(files('port: 2'))];
  assert.notEqual(before['web.service'], after['web.service']);
  assert.equal(before['sensor.service'], after['sensor.service']);
});

test('a template concerns the services that mention what it becomes', () => {
  const files = (settings: string) => [
    file('units/web.service', '[Service]\nExecStart=/opt/uploaded_files/scripts/web.sh\n'),
    file('units/sensor.service', '[Service]\nExecStart=/usr/bin/sensor\n'),
    file('scripts/web.sh.template', 'exec server --config ../config/web.yaml "{{node.name}}"\n'),
    file('config/web.yaml.template', settings),
  ];
  const [before, after] = [digests(files('{{index}}')), digests(files('{{region}}'))];
  assert.notEqual(before['web.service'], after['web.service']);
  assert.equal(before['sensor.service'], after['sensor.service']);
});

test('a mentioned folder counts for all that is in it', () => {
  const files = (settings: string) => [
    file('units/a.service', '[Service]\nExecStart=/usr/bin/a --dir /opt/uploaded_files/config/\n'),
    file('units/b.service', '[Service]\nExecStart=/usr/bin/b /opt/uploaded_files/config/b.yaml\n'),
    file('config/b.yaml', 'b'),
    file('config/a.yaml', settings),
  ];
  const [before, after] = [digests(files('1')), digests(files('2'))];
  assert.notEqual(before['a.service'], after['a.service']);
  assert.equal(before['b.service'], after['b.service']);
});

test('a file that nothing mentions concerns every service', () => {
  const files = (content: string) => [
    file('units/a.service', '[Service]\nExecStart=/usr/bin/a\n'),
    file('files/data.bin', content),
  ];
  assert.notEqual(digests(files('1'))['a.service'], digests(files('2'))['a.service']);
});

test('only units with an [Install] section are started', () => {
  const services = servicesOf([
    file('units/a.service', '[Service]\n[Install]\nWantedBy=multi-user.target\n'),
    file('units/b.service', '[Service]\n'),
    file('units/c@.service', '[Service]\n[Install]\nWantedBy=multi-user.target\n'),
  ]);
  assert.deepEqual(
    services.map(({ unit, action }) => [unit, action]),
    [
      ['a.service', 'start'],
      ['b.service', 'install'],
      ['c@.service', 'install'],
    ],
  );
});

test('containers are named by the compose files of the payload', () => {
  const compose = 'services:\n  node:\n    container_name: bacalhau-node\n  sidecar: {}\n';
  assert.deepEqual(
    containersOf([
      file('config/docker-compose.yaml', compose),
      file('config/other.yaml', compose),
      file('scripts/docker-compose-template.yaml', '{{broken'),
      file('config/compose.yaml.template', 'services:\n  web:\n    hostname: "{{node.name}}"\n'),
      file(
        'scripts/docker-compose.yml.template',
        'services:\n  own:\n    container_name: "own-{{node.name}}"\n',
      ),
    ]),
    ['bacalhau-node', 'sidecar', 'web'],
  );
});
