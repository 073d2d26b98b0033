import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import type { Config } from '../../../source/config/config.ts';
import { ConfigError } from '../../../source/config/issue.ts';
import { loadConfig } from '../../../source/config/load.ts';
import { Ec2Error } from '../../../source/ec2/errors.ts';
import { buildPayload, outlinePayload } from '../../../source/pipeline/payload/payload.ts';
import { PayloadError } from '../../../source/pipeline/payload/payload-error.ts';
import type { PayloadFile } from '../../../source/pipeline/payload/payload-file.ts';
import { readSecret, type SecretSources } from '../../../source/pipeline/payload/read-secret.ts';
import { resolveSecrets } from '../../../source/pipeline/payload/secrets.ts';
import { servicesOf } from '../../../source/pipeline/payload/services.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'secrets-'));
after(() => rm(folder, { recursive: true, force: true }));

const write = async (name: string, content: string, mode = 0o600) => {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, mode);
};

const load = async (secrets: readonly string[], aws: readonly string[] = []) => {
  const lines = ['regions: [us-west-2]', 'aws:', '  total_instances: 1', ...aws, 'secrets:'];
  await write('config.yaml', [...lines, ...secrets, ''].map((line) => `${line}\n`).join(''));
  const where = { environment: { HOME: folder }, workingDirectory: folder };
  return loadConfig('config.yaml', where);
};

const nothingInAws: SecretSources['readStored'] = ({ region, written }) => {
  throw new Ec2Error(`${region}: can't read ${written}: no`, { kind: 'permission', hint: 'Ask.' });
};

const resolve = async (
  secrets: readonly string[],
  { environment = {}, readStored = nothingInAws }: Partial<SecretSources> = {},
) => {
  const { config, issueAt } = await load(secrets);
  const signal = AbortSignal.timeout(20_000);
  return resolveSecrets(
    config.secrets,
    (_, reference) => readSecret(reference, { environment, readStored }, signal),
    issueAt,
  );
};

/** What is said of secrets that can't be used, with FOLDER for where the configuration is. */
const refusal = async (...call: Parameters<typeof resolve>) => {
  try {
    await resolve(...call);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    const lines = error.message.replaceAll(folder, 'FOLDER').split('\n');
    return { lines, exitStatus: error.exitStatus };
  }
  return assert.fail('nothing was refused');
};

test('secrets are taken byte by byte from where they are', async () => {
  await write('token', 'hunter2\n');
  const { files, warnings } = await resolve(
    ['  token: file:token', '  home: file:~/token', '  pass: env:PASS', '  far: ssm:/far'],
    {
      environment: { PASS: 'päss' },
      readStored: ({ region, written }) => Promise.resolve(`${region} ${written}`),
    },
  );
  assert.deepEqual(
    files.map(({ content, mode, name }) => [name, mode.toString(8), content.toString()]),
    [
      ['secrets/token', '600', 'hunter2\n'],
      ['secrets/home', '600', 'hunter2\n'],
      ['secrets/pass', '600', 'päss'],
      ['secrets/far', '600', 'us-west-2 ssm:/far'],
    ],
  );
  assert.deepEqual(warnings, []);
});

test('all that can not be used is said at once, each with its place and what to do', async () => {
  await write('empty', '\n');
  await mkdir(path.join(folder, 'folder'), { recursive: true });
  await write('large', 'x'.repeat(1024 * 1024 + 1));
  const local = [
    '  a: file:missing',
    '  b: env:MISSING',
    '  c: file:empty',
    '  d: env:EMPTY',
    '  e: file:folder',
    '  f: file:large',
  ];
  const said = [
    "config.yaml:5:6 secrets.a: can't read file:missing: there is no such file or folder. Put the secret into FOLDER/missing, readable by you.",
    "config.yaml:6:6 secrets.b: can't read env:MISSING: MISSING is not set. Run it where MISSING is exported.",
    'config.yaml:7:6 secrets.c: there is nothing in file:empty. Put the secret there, or take it out of the configuration.',
    'config.yaml:8:6 secrets.d: there is nothing in env:EMPTY. Put the secret there, or take it out of the configuration.',
    "config.yaml:9:6 secrets.e: can't read file:folder: it is no file. Put the secret into FOLDER/folder, readable by you.",
    "config.yaml:10:6 secrets.f: can't read file:large: it is larger than 1 MiB. Put the secret into FOLDER/large, readable by you.",
  ];
  const environment = { EMPTY: ' ' };
  assert.deepEqual(await refusal(local, { environment }), { lines: said, exitStatus: 2 });
  assert.deepEqual(await refusal([...local, '  g: ssm:/far'], { environment }), {
    lines: [...said, "config.yaml:11:6 secrets.g: us-west-2: can't read ssm:/far: no. Ask."],
    exitStatus: 3,
  });
});

test('a service that is out of order is no mistake of the configuration', async () => {
  const readStored: SecretSources['readStored'] = () => {
    throw new Ec2Error('no answer', { kind: 'network', hint: 'Wait.' });
  };
  const { exitStatus } = await refusal(['  a: ssm:/far'], { readStored });
  assert.equal(exitStatus, 1);
});

test('a file that others may read gets a warning', async () => {
  await write('open', 'hunter2', 0o644);
  const { files, warnings } = await resolve(['  token: file:open']);
  assert.equal(files.length, 1);
  assert.deepEqual(
    warnings.map((line) => line.replaceAll(folder, 'FOLDER')),
    ['config.yaml:5:10 secrets.token: others may read FOLDER/open; run `chmod 600` on it'],
  );
});

const secretFile = (name: string, content: string): PayloadFile => ({
  ...{ folder: 'files', name: `secrets/${name}`, content: Buffer.from(content) },
  ...{ mode: 0o600, secret: name },
});

const withScripts = async (secrets: readonly string[], aws: readonly string[] = []) => {
  await write('scripts/run.sh', '#!/bin/sh\n', 0o755);
  await write(
    'scripts/run.service',
    '[Service]\nExecStart=/opt/uploaded_files/scripts/run.sh\n[Install]\n',
  );
  return (await load(secrets, ['  scripts_directory: scripts', ...aws])).config;
};

test('they are in the archive, closed to others, and change what is applied', async () => {
  const config = await withScripts(['  token: env:TOKEN']);
  const build = (content: string) =>
    buildPayload(config, folder, { files: [secretFile('token', content)], warnings: ['careful'] });
  const payload = await build('hunter2');
  assert.deepEqual(payload.warnings, ['careful']);
  const entries = await unpackTar(gunzipSync(payload.archive));
  const entry = entries.find(({ header }) => header.name === 'files/secrets/token');
  assert.equal(entry?.header.mode, 0o600);
  assert.equal(Buffer.from(entry?.data ?? []).toString(), 'hunter2');
  assert.equal((await build('hunter2')).manifestDigest, payload.manifestDigest);
  assert.notEqual((await build('hunter3')).manifestDigest, payload.manifestDigest);
});

test('nothing is sent without them, and nodes can be looked at without them', async () => {
  const config: Config = await withScripts(['  token: env:TOKEN']);
  await assert.rejects(buildPayload(config, folder), /secrets not looked up: token/);
  const outline = await outlinePayload(config, folder);
  assert.deepEqual(
    outline.services.map(({ unit }) => unit),
    ['run.service'],
  );
  assert.ok(!('archive' in outline) && !('manifestDigest' in outline));
});

test('a secret whose file is sent in a folder as well gets a warning', async () => {
  await write('scripts/token', 'hunter2');
  const config = await withScripts(['  token: file:scripts/token']);
  const { warnings } = await outlinePayload(config, folder);
  await rm(path.join(folder, 'scripts/token'));
  assert.deepEqual(warnings, [
    `secrets.token: ${folder}/scripts/token is in a folder that nodes get as it is; keep it out of that`,
  ]);
});

test('a file of your own can not be in their place', async () => {
  await write('files/secrets/token', 'other');
  await write('files/secrets/mine', 'mine');
  const config = await withScripts(['  token: env:TOKEN'], ['  files_directory: files']);
  await assert.rejects(
    buildPayload(config, folder, { files: [secretFile('token', 'hunter2')], warnings: [] }),
    (error) => {
      assert.ok(error instanceof PayloadError);
      assert.deepEqual(error.issues, [
        'files_directory: secrets/token is where the secret of that name is to be',
      ]);
      return true;
    },
  );
});

test('services restart for the secrets that they mention, and for those that nobody does', () => {
  const unit = (name: string, text: string): PayloadFile => ({
    folder: 'units',
    name: `${name}.service`,
    content: Buffer.from(`[Service]\n${text}\n[Install]\nWantedBy=multi-user.target\n`),
    mode: 0o644,
  });
  const files = (secrets: Readonly<Record<string, string>>): PayloadFile[] => [
    unit('path', 'LoadCredential=t:/opt/uploaded_files/secrets/token'),
    unit('longer', 'LoadCredential=t:/opt/uploaded_files/secrets/token-of-web'),
    unit('folder', 'Environment=SECRETS=/opt/uploaded_files/secrets'),
    unit('template', 'ExecStart=/bin/cat /opt/uploaded_files/config/web.yaml'),
    unit('word', 'Description=Hands out a token'),
    {
      folder: 'config',
      name: 'web.yaml',
      content: Buffer.from('password: "{{secret.token}}"\n'),
      mode: 0o644,
    },
    ...Object.entries(secrets).map(([name, content]) => secretFile(name, content)),
  ];
  const before = { token: 'one', 'token-of-web': 'one' };
  const restartedBy = (secrets: Readonly<Record<string, string>>) => {
    const old = new Map(servicesOf(files(before)).map(({ digest, unit: name }) => [name, digest]));
    return servicesOf(files(secrets)).flatMap(({ digest, unit: name }) =>
      old.get(name) === digest ? [] : [name.replace('.service', '')],
    );
  };
  assert.deepEqual(restartedBy({ ...before, token: 'two' }), ['path', 'folder', 'template']);
  assert.deepEqual(restartedBy({ ...before, 'token-of-web': 'two' }), ['longer', 'folder']);
  // The folder is mentioned, so that everything in it is.
  assert.deepEqual(restartedBy({ ...before, other: 'new' }), ['folder']);
});
