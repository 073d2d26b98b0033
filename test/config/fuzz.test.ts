import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import fastCheck from 'fast-check';
import { stringify } from 'yaml';
import { ConfigError, type ConfigIssue, formatIssue } from '../../source/config/issue.ts';
import { loadConfig } from '../../source/config/load.ts';
import { check, configFile, timeouts } from '../../source/config/schema.ts';
import { aws } from '../../source/config/schema-aws.ts';
import { regionSettings } from '../../source/config/schema-region.ts';
import { temporaryFolder } from './temporary-config.ts';

const line =
  /^config\.yaml(?::[1-9]\d*:[1-9]\d*(?: [^\p{Cc}\p{Zl}\p{Zp}]+?)?)?: [^\p{Cc}\p{Zl}\p{Zp}]+$/u;
const wordsOfTheLibrary = /invalid|too (?:small|big)|unrecognized|received|another value/i;

const assertPresentable = (issues: readonly ConfigIssue[], text: string) => {
  for (const issue of issues) {
    const formatted = formatIssue(issue);
    assert.match(formatted, line, text);
    // What comes from the file itself may be worded in any way.
    const ownWords = issue.message.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
    if (issue.message.startsWith('expected')) assert.doesNotMatch(ownWords, wordsOfTheLibrary);
    const rows = text.split('\n');
    if (issue.position === undefined) continue;
    assert.ok(issue.position.line <= rows.length, `${formatted} is not in\n${text}`);
  }
};

/** Loads a text; anything but acceptance or a ConfigError fails the test. */
const loader = async (folder: string) => async (text: string) => {
  await writeFile(path.join(folder, 'config.yaml'), text);
  try {
    const { warnings } = await loadConfig('config.yaml', {
      environment: { HOME: folder },
      workingDirectory: folder,
    });
    assertPresentable(warnings, text);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    assert.ok(error.issues.length > 0);
    assertPresentable(error.issues, text);
    assertPresentable(error.warnings, text);
    return error.issues;
  }
};

const everyKey: readonly (readonly (string | number)[])[] = [
  ...Object.keys(configFile.shape).map((key) => [key]),
  ...Object.keys(aws.shape).map((key) => ['aws', key]),
  ...Object.keys(regionSettings.shape).map((key) => ['regions', 0, 'us-west-2', key]),
  ...Object.keys(timeouts.shape).map((key) => ['timeouts', key]),
  ...Object.keys(check.shape).map((key) => ['checks', 0, key]),
];

const nest = (keys: readonly (string | number)[], value: unknown): unknown =>
  keys.reduceRight<unknown>(
    (inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }),
    value,
  );

test('every key says what it expects, whatever it is given', async (t) => {
  const load = await loader(await temporaryFolder(t));
  const values = [-1.5, '', 'a\u0000b', [], [{}], [''], [-1], { '': '' }, { x: { y: 1 } }, [['a']]];
  for (const keys of everyKey) {
    const refusals = [];
    for (const value of values) {
      const written = nest(keys, value) as Record<string, unknown>;
      const text = stringify({ regions: ['us-west-2'], ...written });
      for (const { message } of await load(text)) {
        refusals.push(message);
        assert.match(message, /^expected .+, (?:got .+|it is already .+)$/, text);
      }
    }
    assert.ok(refusals.length > 0, `${keys.join('.')} takes anything`);
  }
});

const anything = fastCheck.anything({
  key: fastCheck.oneof(
    fastCheck.constantFrom(...everyKey.map((keys) => String(keys.at(-1))), '<<', '__proto__'),
    fastCheck.string(),
  ),
  values: [
    fastCheck.constantFrom('us-west-2', 't3.medium', 'auto', '90s', 'yes', null, 0, 0.1),
    fastCheck.string({ unit: 'binary' }),
    fastCheck.double(),
    fastCheck.boolean(),
  ],
  maxDepth: 5,
});

test('no data does anything but load or be refused', async (t) => {
  const load = await loader(await temporaryFolder(t));
  await fastCheck.assert(
    fastCheck.asyncProperty(
      fastCheck.constantFrom(...everyKey),
      anything,
      fastCheck.boolean(),
      async (keys, value, isNested) => {
        await load(stringify(isNested ? nest(keys, value) : value));
      },
    ),
    { numRuns: 300 },
  );
});

const scraps = fastCheck.array(
  fastCheck.oneof(
    fastCheck.constantFrom(
      ...['\n', '\n  ', '\n    - ', ': ', '- ', '[', ']', '{', '}', ',', '&a ', '*a', '<<: ', '"'],
      ...["'", '|\n', '>\n', '!!map ', '!x ', '%YAML 1.1\n', '---\n', '...\n', '#', '? ', '\t'],
      ...['\r\n', '\u0000', '\u2028', '~', '@', '`', 'us-west-2', '3', 'true', '.nan', '1e9'],
      ...everyKey.map((keys) => String(keys.at(-1))),
    ),
    fastCheck.string({ maxLength: 3, unit: 'binary' }),
  ),
  { maxLength: 60 },
);

test('no text does anything but load or be refused', async (t) => {
  const load = await loader(await temporaryFolder(t));
  await fastCheck.assert(
    fastCheck.asyncProperty(scraps, async (parts) => {
      await load(parts.join(''));
    }),
    { numRuns: 1000 },
  );
});
