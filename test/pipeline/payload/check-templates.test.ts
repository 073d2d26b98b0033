import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkTemplates,
  templateWarnings,
} from '../../../source/pipeline/payload/check-templates.ts';
import { PayloadError } from '../../../source/pipeline/payload/payload-error.ts';
import type { PayloadFile, PayloadFolder } from '../../../source/pipeline/payload/payload-file.ts';

const file = (folder: PayloadFolder, name: string, content: string | Buffer): PayloadFile => ({
  folder,
  name,
  content: Buffer.from(content),
  mode: 0o644,
});

const issuesOf = (files: readonly PayloadFile[], secrets: readonly string[] = []) => {
  try {
    checkTemplates(files, secrets);
  } catch (error) {
    assert.ok(error instanceof PayloadError, String(error));
    return error.issues;
  }
  return [];
};

const known = '(known: node.name, region, index, instance.id, deployment, identity, secret.NAME)';

test('a template may hold what nodes know of themselves, and secrets', () => {
  const text =
    '{{node.name}} {{region}} {{index}} {{instance.id|raw}} {{deployment}} {{identity}} {{secret.token}}';
  assert.deepEqual(issuesOf([file('config', 'a.yaml.template', text)], ['token']), []);
});

test('an unknown name is told with its line, and with what was meant', () => {
  const text = 'a: "{{region}}"\nb: "{{regoin}} {{nod.name|raw}}"\nc: {{hostname}}\n';
  assert.deepEqual(issuesOf([file('config', 'a.yaml.template', text)]), [
    `config/a.yaml.template:2: there is no {{regoin}}, did you mean {{region}}? ${known}`,
    `config/a.yaml.template:2: there is no {{nod.name}}, did you mean {{node.name}}? ${known}`,
    `config/a.yaml.template:3: there is no {{hostname}} ${known}`,
  ]);
});

test('a file is named by its place here, where it has one', () => {
  const origin = '/home/me/fleet/config/a.yaml.template';
  const [issue] = issuesOf([{ ...file('config', 'a.yaml.template', '{{x}}'), origin }]);
  assert.match(
    issue ?? '',
    /^\/home\/me\/fleet\/config\/a\.yaml\.template:1: there is no \{\{x\}\}/,
  );
});

test('a secret that nobody names is told with those that there are', () => {
  const template = file('config', 'a.yaml.template', '"{{secret.tokn}}"');
  assert.deepEqual(issuesOf([template], ['token', 'key']), [
    'config/a.yaml.template:1: there is no {{secret.tokn}}, did you mean {{secret.token}}? (secrets: token, key)',
  ]);
  assert.deepEqual(issuesOf([template]), [
    'config/a.yaml.template:1: there is no {{secret.tokn}} (the configuration has no secrets)',
  ]);
});

test('a file in the folder of the secrets is one', () => {
  const template = file('config', 'a.yaml.template', '{{secret.own}}');
  assert.deepEqual(issuesOf([template, file('files', 'secrets/own', 'hush\n')]), []);
});

test('only |raw may follow a name', () => {
  assert.deepEqual(issuesOf([file('config', 'a.template', '{{region|rwa}}')]), [
    'config/a.template:1: {{region|rwa}}: only |raw may follow a name',
  ]);
});

test('what belongs to another language is none of ours', () => {
  const text =
    '{{.Names}} {{ .Names }} {{range .A}}{{else}}{{end}} {{#each x}} {{ name }} {{REGION}} {{camelCase}} {region}';
  assert.deepEqual(issuesOf([file('scripts', 'a.sh.template', text)]), []);
});

test('names in files that are no templates are not looked at', () => {
  assert.deepEqual(issuesOf([file('config', 'a.yaml', '{{nobody}}')]), []);
});

test('what is no text can not be filled in, nor go into a text', () => {
  const binary = Buffer.from([1, 0, 2]);
  assert.deepEqual(issuesOf([file('files', 'a.bin.template', binary)]), [
    'files/a.bin.template: is no text, so nothing can be filled in',
  ]);
  assert.deepEqual(
    issuesOf([
      file('config', 'a.template', '{{secret.key}}'),
      file('files', 'secrets/key', binary),
    ]),
    [
      "config/a.template:1: {{secret.key}} is no text, so it can't be in a file: use /opt/uploaded_files/secrets/key",
    ],
  );
});

test('units get their values by environment', () => {
  const advice =
    'units are not filled in: remove .template from its name and give it the values by EnvironmentFile=/var/lib/spot-tui/node.env';
  assert.deepEqual(
    issuesOf([
      file('units', 'a.service.template', ''),
      file('scripts', 'b.service.template', ''),
      file('scripts', 'c.service.d/more.conf.template', ''),
    ]),
    [
      `units/a.service.template: ${advice}`,
      `scripts/b.service.template: ${advice}`,
      `scripts/c.service.d/more.conf.template: ${advice}`,
    ],
  );
});

test('two files for one place on the nodes are refused', () => {
  assert.deepEqual(
    issuesOf([
      file('config', 'a.yaml', ''),
      file('config', 'a.yaml.template', ''),
      file('files', 'config/b.yaml', ''),
      file('config', 'b.yaml', ''),
    ]),
    [
      'config/a.yaml and config/a.yaml.template would both be /opt/uploaded_files/config/a.yaml on the nodes',
      'files/config/b.yaml and config/b.yaml would both be /opt/uploaded_files/config/b.yaml on the nodes',
    ],
  );
});

test('what looks like a name and is none gets a warning', () => {
  assert.deepEqual(
    templateWarnings(
      [
        file(
          'config',
          'a.template',
          '{{ node.name }} {{SPOT_TUI_INSTANCE_ID}}\n{{region}} {{ x }}',
        ),
        file('config', 'b.yaml', 'x: 1\ny: "{{secret.token}} {{identity}} {{instance.id}}"\n'),
        file('scripts', 'c.sh', 'docker ps --format "{{.Names}}" {{region}}'),
      ],
      ['token'],
    ),
    [
      'config/a.template:1: {{ node.name }} stays as it is: write {{node.name}}',
      'config/a.template:1: {{SPOT_TUI_INSTANCE_ID}} stays as it is: write {{instance.id}}',
      "config/b.yaml:2: {{secret.token}} stays as it is, unless the file's name ends in .template",
    ],
  );
});

test('a unit that calls a template as it is called here gets a warning', () => {
  const unit = (name: string) =>
    file('units', 'a.service', `[Service]\nExecStart=/opt/uploaded_files/scripts/${name}\n`);
  const template = file('scripts', 'a.sh.template', '');
  assert.deepEqual(templateWarnings([template, unit('a.sh')], []), []);
  assert.deepEqual(templateWarnings([template, unit('a.sh.template')], []), [
    'unit a.service names /opt/uploaded_files/scripts/a.sh.template, which is without .template on the nodes',
  ]);
});
