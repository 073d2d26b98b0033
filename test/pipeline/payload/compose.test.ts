import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildPayload, type Payload } from '../../../source/pipeline/payload/payload.ts';
import { PayloadError } from '../../../source/pipeline/payload/payload-error.ts';
import { archivePath } from '../../../source/pipeline/payload/payload-file.ts';
import { sampleConfig } from '../../config/sample-config.ts';
import { templates } from '../../templates/stand-in-node.ts';

describe('stacks of compose_directory', () => {
  let folder: string;
  let directory: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'compose-'));
    directory = path.join(folder, 'compose');
    await mkdir(directory);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  };
  const build = (more: { readonly unitsDirectory?: string } = {}): Promise<Payload> => {
    const { payload } = sampleConfig();
    return buildPayload(
      sampleConfig({
        payload: {
          images: {},
          bacalhauDataDirectory: payload.bacalhauDataDirectory,
          bacalhauNodeDirectory: payload.bacalhauNodeDirectory,
          composeDirectory: directory,
          ...more,
        },
      }),
      templates,
    );
  };
  const unitText = ({ files }: Payload, unit: string): string =>
    files.find((file) => archivePath(file) === `units/${unit}`)?.content.toString() ?? '';
  const digestsOf = ({ services }: Payload): Record<string, string> =>
    Object.fromEntries(services.map(({ unit, digest }) => [unit, digest]));
  const refusal = async (more = {}): Promise<string> => {
    const error: unknown = await build(more).then(
      () => undefined,
      (reason) => reason,
    );
    assert.ok(error instanceof PayloadError, String(error));
    assert.notEqual(error.hint, '');
    return error.message.replaceAll(directory, 'DIR');
  };

  it('are a compose file in the directory, and one in each folder of it', async () => {
    await write({
      'compose/compose.yaml': 'services: {front: {image: nginx}}\n',
      'compose/html/index.html': 'hello\n',
      'compose/data/docker-compose.yml': 'services: {db: {image: postgres}}\n',
      'compose/data/.env': 'PASSWORD=x\n',
    });
    const payload = await build();
    assert.deepEqual(payload.files.map(archivePath), [
      'files/compose/compose.yaml',
      'files/compose/data/.env',
      'files/compose/data/docker-compose.yml',
      'files/compose/html/index.html',
      'scripts/run-compose.sh',
      'units/compose.service',
      'units/compose-data.service',
    ]);
    assert.deepEqual(
      payload.services.map(({ unit, action }) => `${unit} ${action}`),
      ['compose.service start', 'compose-data.service start'],
    );
    assert.deepEqual(payload.containers, ['compose-front-1', 'data-db-1']);
    assert.deepEqual(payload.warnings, []);
    assert.match(
      unitText(payload, 'compose-data.service'),
      /^ExecStart=\/opt\/uploaded_files\/scripts\/run-compose\.sh data up$/m,
    );
  });

  it('are no concern of a directory without the key', async () => {
    await write({ 'compose/compose.yaml': 'services: {front: {image: nginx}}\n' });
    const payload = await buildPayload(
      sampleConfig({ payload: { ...sampleConfig().payload, filesDirectory: folder } }),
      templates,
    );
    assert.ok(!payload.services.some(({ unit }) => unit === 'compose.service'));
  });

  it('restart alone when one of their own files changes', async () => {
    const compose = 'services: {app: {image: nginx, volumes: ["./app.conf:/app.conf"]}}\n';
    await write({
      'compose/compose.yaml': compose,
      'compose/app.conf': '1',
      'compose/a/compose.yaml': compose,
      'compose/a/app.conf': '1',
      'compose/b/compose.yaml': compose,
      'compose/b/app.conf': '1',
      'units/other.service': '[Service]\nExecStart=/usr/bin/app --config app.conf compose.yaml\n',
    });
    const more = { unitsDirectory: path.join(folder, 'units') };
    const before = digestsOf(await build(more));
    assert.deepEqual(digestsOf(await build(more)), before);
    for (const [file, unit] of [
      ['compose/a/app.conf', 'compose-a.service'],
      ['compose/b/compose.yaml', 'compose-b.service'],
      ['compose/app.conf', 'compose.service'],
    ] as const) {
      const was = digestsOf(await build(more));
      await write({ [file]: `${compose}# changed\n` });
      const is = digestsOf(await build(more));
      assert.deepEqual(
        Object.keys(is).filter((each) => is[each] !== was[each]),
        [unit],
      );
    }
  });

  it('restart with what they mention of others, and with what nobody mentions', async () => {
    await write({
      'compose/a/compose.yaml': 'services: {app: {image: a, volumes: ["../b/seed.sql:/seed"]}}\n',
      'compose/b/compose.yaml': 'services: {app: {image: b}}\n',
      'compose/b/seed.sql': '1',
      'compose/shared/settings': '1',
    });
    const first = digestsOf(await build());
    await write({ 'compose/b/seed.sql': '2' });
    const second = digestsOf(await build());
    assert.notEqual(second['compose-a.service'], first['compose-a.service']);
    await write({ 'compose/shared/settings': '2' });
    const third = digestsOf(await build());
    assert.notEqual(third['compose-a.service'], second['compose-a.service']);
    assert.notEqual(third['compose-b.service'], second['compose-b.service']);
  });

  it('expect the containers that Compose starts and that stay', async () => {
    await write({
      'compose/web/compose.yaml': `
x-common: &common { image: app }
services:
  api: { <<: *common, deploy: { replicas: 2 }, depends_on: { migrate: { condition: service_completed_successfully } } }
  worker: { <<: *common, scale: 0 }
  cache: { image: redis, container_name: cache }
  named: { image: redis, container_name: "cache-$\{SPOT_TUI_NODE}" }
  migrate: { image: app, build: . }
  debug: { image: busybox, profiles: [debug] }
  extra: { image: busybox, profiles: [extra] }
`,
      'compose/web/compose.override.yaml': 'services: { cache: { container_name: own-cache } }\n',
      'compose/web/.env': 'COMPOSE_PROFILES="extra"\n',
    });
    const payload = await build();
    assert.deepEqual(payload.containers, ['web-api-1', 'web-api-2', 'own-cache', 'web-extra-1']);
    assert.match(
      unitText(payload, 'compose-web.service'),
      /^ExecStart=\S+ web up --build api worker cache named extra$/m,
    );
  });

  it('may have a compose file that is filled in on the node', async () => {
    await write({
      'compose/compose.yaml.template':
        'services: {app: {image: nginx, container_name: "app-{{node.name}}"}, b: {image: "{{region}}"}}\n',
    });
    const payload = await build();
    assert.deepEqual(payload.containers, ['compose-b-1']);
    assert.ok(payload.services.some(({ unit }) => unit === 'compose.service'));
  });

  it('are refused where there are none', async () => {
    await write({ 'compose/a/deeper/compose.yaml': 'services: {}\n' });
    assert.equal(
      await refusal(),
      'compose_directory: DIR: there is no compose.yaml in it or in one of its folders',
    );
  });

  it('are refused, all at once, with what Compose or systemd could not use', async () => {
    await write({
      'compose/two/compose.yaml': 'services: {a: {image: a}}\n',
      'compose/two/docker-compose.yml': 'services: {a: {image: a}}\n',
      'compose/My Web/compose.yaml': 'services: {a: {image: a}}\n',
      'compose/compose/compose.yaml': 'services: {a: {image: a}}\n',
      'compose/broken/compose.yaml': 'services:\n  web:\n    image: "nginx\n',
      'compose/empty/compose.yaml': 'services:\n',
      'compose/list/compose.yaml': 'services:\n  web: [nginx]\n',
      'compose/odd/compose.yaml': 'services:\n  my web: {image: nginx}\n',
      'compose/x/compose.yaml': 'services: {a: {image: a, container_name: one}}\n',
      'compose/y/compose.yaml': 'services: {a: {image: a, container_name: one}}\n',
    });
    assert.deepEqual((await refusal()).split('\n'), [
      'compose_directory: DIR/My Web: its name must do for a service and a Compose project: lower-case letters, digits, "-" and "_"',
      'compose_directory: DIR/broken/compose.yaml:4:1 not valid YAML: missing closing "quote',
      'compose_directory: DIR/compose: compose is the name of a stack directly in the directory',
      'compose_directory: DIR/empty/compose.yaml: it has no services',
      'compose_directory: DIR/list/compose.yaml:2:8 services.web: expected a map',
      'compose_directory: DIR/odd/compose.yaml:2:11 services: expected names of letters, digits, ".", "_" and "-", got "my web"',
      'compose_directory: DIR/two: several compose files, compose.yaml and docker-compose.yml: keep the one that you mean',
      'compose_directory: DIR: two stacks have a container named one, which Docker refuses',
    ]);
  });

  it('are refused where a unit of the same name is there', async () => {
    await write({
      'compose/web/compose.yaml': 'services: {a: {image: a}}\n',
      'units/compose-web.service': '[Service]\nExecStart=/bin/true\n',
      'units/compose-web.service.d/limit.conf': '[Service]\nTimeoutStopSec=5\n',
    });
    assert.match(
      await refusal({ unitsDirectory: path.join(folder, 'units') }),
      /^compose_directory: it makes units\/compose-web\.service, which is there already$/,
    );
  });
});
