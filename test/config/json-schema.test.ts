import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { configJsonSchema } from '../../source/config/json-schema.ts';

const validator = new Ajv({ allErrors: true }).compile(configJsonSchema());

const complaints = (text: string): string[] => {
  validator(parse(text));
  return (validator.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
};

test('the shipped JSON schema is the current one', async () => {
  const shipped: unknown = JSON.parse(await readFile('templates/config.schema.json', 'utf8'));
  assert.deepEqual(shipped, configJsonSchema(), 'run `npm run schema`');
});

test('editors accept what the program accepts', async () => {
  assert.deepEqual(
    complaints(await readFile('templates/deployments/bacalhau/config.yaml', 'utf8')),
    [],
  );
  assert.deepEqual(
    complaints(`
deployment: my-fleet
aws: {total_instances: 3, username: ubuntu, associate_public_ip: yes, tags: {Nodes: 50, A: b}}
regions:
  - us-west-2
  - us-east-1: {machine_type: t3.medium, image: auto, spot_price_limit: 0.1, tags: {A: c}}
checks: [{name: room, command: "true"}]
timeouts: {cloud-init: 1h30m}
settle_time: 0
`),
    [],
  );
});

test('editors mark what the program refuses or warns of', () => {
  assert.deepEqual(complaints('aws: {}'), [' required']);
  assert.deepEqual(complaints('regions: [us-west-2]\naws: {total_instances: 0}'), [
    '/aws/total_instances minimum',
  ]);
  assert.deepEqual(complaints('regions: [us-west-2]\naws: {total_instnces: 1}'), [
    '/aws additionalProperties',
  ]);
  assert.deepEqual(
    complaints('regions: [us-west-2]\ntimeouts: {booting: 90}').at(-1),
    '/timeouts/booting anyOf',
  );
  for (const region of [
    'Mars',
    '{Mars: {}}',
    '{us-west-2: {machine_type: 3}}',
    '{}',
    '{us-west-2: {}, us-east-1: {}}',
  ]) {
    assert.equal(complaints(`regions: [${region}]`).at(-1), '/regions/0 anyOf', region);
  }
});

test('every key is explained', () => {
  const unexplained = (schema: unknown, path: string): string[] => {
    const {
      properties = {},
      items,
      anyOf = [],
      additionalProperties,
    } = schema as {
      properties?: Record<string, { description?: string }>;
      items?: unknown;
      anyOf?: unknown[];
      additionalProperties?: unknown;
    };
    return [
      ...Object.entries(properties).flatMap(([key, value]) => [
        ...(value.description === undefined ? [`${path}${key}`] : []),
        ...unexplained(value, `${path}${key}.`),
      ]),
      ...[items, additionalProperties, ...anyOf]
        .filter((inner) => typeof inner === 'object')
        .flatMap((inner) => unexplained(inner, path)),
    ];
  };
  assert.deepEqual(unexplained(configJsonSchema(), ''), []);
});
