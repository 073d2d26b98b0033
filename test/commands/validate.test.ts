import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { jsonSchemas } from '../../source/reporters/json-schemas.ts';
import { User } from './program.ts';

test('validate warns of keys that the dashboard would not take', async () => {
  const user = await User.create();
  try {
    await user.run(['init']);
    await user.write(
      'keys.yaml',
      [
        'aws: {total_instances: 1, scripts_directory: scripts, config_directory: config, units_directory: services}',
        'regions: [us-west-2]',
        'keys: {retri: x, push: X}',
        '',
      ].join('\n'),
    );
    const words = ['validate', '--sandbox=fast', '--config', 'keys.yaml'];
    const { status, stdout } = await user.run(words);
    assert.equal(status, 0, stdout);
    const warnings = stdout.split('\n').filter((line) => line.startsWith('⚠'));
    assert.deepEqual(warnings, ['⚠ keys.retri: no such command; did you mean retry?']);
    const printed = JSON.parse((await user.run([...words, '--json'])).stdout);
    const schema = jsonSchemas().get('validation.schema.json');
    assert.ok(schema);
    const isDescribed = new Ajv2020({ allErrors: true }).compile({
      ...schema,
      unevaluatedProperties: false,
    });
    const fits: boolean = isDescribed(printed);
    assert.ok(fits, JSON.stringify(isDescribed.errors));
    const { findings } = printed;
    assert.deepEqual(
      findings.filter(({ name }: { name: string }) => name === 'keys'),
      [
        {
          name: 'keys',
          ok: true,
          warning: true,
          detail: 'keys.retri: no such command; did you mean retry?',
        },
      ],
    );
  } finally {
    await user.remove();
  }
});
