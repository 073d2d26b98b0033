import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';
import { closest } from '../../source/commands/closest.ts';
import { configFile } from '../../source/config/schema.ts';
import { blocksOf, projectFolder, readPages } from './pages.ts';

type Fragment = { readonly page: string; readonly text: string };

const fragments = async (...languages: readonly string[]): Promise<readonly Fragment[]> =>
  (await readPages()).flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => languages.includes(language))
      .map(({ lines }) => ({ page: page.path, text: lines.join('\n') })),
  );

const configKeys = Object.keys(configFile.shape);

/** What is wrong with YAML that a page shows, by what it is a part of; undefined if nothing is. */
const problemWith = (text: string, inputs: readonly string[]): string | undefined => {
  let part: unknown;
  try {
    part = parse(text);
  } catch (error) {
    return String(error);
  }
  // Of what is not ours nothing but its form is known: user data, and templates of services' files.
  if (/^\s*#cloud-config\n|\{\{/.test(text)) return undefined;
  if (isWorkflow(part)) return workflowProblem(part, inputs);
  if (isCompose(part)) return undefined;
  const fragment = z.record(z.string(), z.unknown()).safeParse(part);
  if (!fragment.success) return 'it is no part of a configuration';
  const keys = Object.keys(fragment.data);
  // A file of a service's own; a key that is nearly one of ours is a slip.
  if (!keys.some((key) => closest(key, configKeys) !== undefined)) return undefined;
  const { error } = configFile.safeParse({ regions: ['us-west-2'], ...fragment.data });
  return error?.message;
};

const isWorkflow = (part: unknown): boolean => {
  const step = Array.isArray(part) ? part[0] : part;
  return (
    typeof step === 'object' &&
    step !== null &&
    ['on', 'jobs', 'uses', 'run'].some((key) => key in step)
  );
};

const isCompose = (part: unknown): boolean =>
  z.looseObject({ services: z.record(z.string(), z.looseObject({})) }).safeParse(part).success;

/** Whether a workflow gives the action what it takes. */
const workflowProblem = (part: unknown, inputs: readonly string[]): string | undefined => {
  if (typeof part !== 'object' || part === null) return undefined;
  if ('uses' in part && /\/spot-tui@/.test(String(part.uses)) && 'with' in part) {
    const unknown = Object.keys(part.with ?? {}).filter((name) => !inputs.includes(name));
    if (unknown.length > 0) return `the action has no ${unknown.join()}`;
  }
  return Object.values(part)
    .map((each) => workflowProblem(each, inputs))
    .find((problem) => problem !== undefined);
};

const actionInputs = async (): Promise<readonly string[]> => {
  const action = parse(await readFile(new URL('action.yml', projectFolder), 'utf8'));
  return Object.keys(z.looseObject({ inputs: z.looseObject({}) }).parse(action).inputs);
};

test('what pages show of configurations, workflows and Compose files is taken', async () => {
  const inputs = await actionInputs();
  const shown = await fragments('yaml', 'yml');
  assert.ok(shown.length > 30, `${shown.length}`);
  for (const { page, text } of shown) {
    assert.equal(problemWith(text, inputs), undefined, `${page}:\n${text}`);
  }
});

test('what pages show of JSON is JSON', async () => {
  const shown = await fragments('json', 'ndjson');
  assert.ok(shown.length > 0);
  for (const { page, text } of shown) {
    const documents = /^\s*\{.*\}\s*\n\s*\{/.test(text) ? text.trim().split('\n') : [text];
    for (const document of documents) {
      assert.doesNotThrow(() => JSON.parse(document), `${page}:\n${document}`);
    }
  }
});

test('what pages show of units is what systemd reads', async () => {
  for (const { page, text } of await fragments('ini', 'systemd')) {
    const whole = text.replaceAll(/\\\n/g, ' ');
    for (const line of whole.split('\n')) {
      assert.match(line, /^\s*(?:$|[#;]|\[\w+\]$|[A-Z]\w*=)/, `${page}:\n${text}`);
    }
  }
});

test('a key that there is not, a wrong value and an unknown input are found', () => {
  const problems = [
    'aws:\n  total_instance: 3\n',
    'ttl: for ever\n',
    'regoins: [us-west-2]\n',
    '- uses: OWNER/spot-tui@v0.1.0\n  with: {comand: push}\n',
    'keys: {retry: [x}\n',
    '- one\n',
  ].map((text) => problemWith(text, ['command']));
  assert.ok(problems.every((problem) => problem !== undefined));
  assert.equal(problemWith('aws:\n  total_instances: 3\n', []), undefined);
});
