import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { pipelinePhases, sidePhases } from '../../source/events/phase.ts';
import { projectFolder } from './pages.ts';

const read = (path: string) => readFile(new URL(path, projectFolder), 'utf8');
const page = await read('docs/troubleshooting.md');

const isNamed = (name: string) => page.includes(`\`${name}\``);

/** The words of a union of string literals, as it is written. */
const wordsOfType = async (file: string, name: string): Promise<readonly string[]> => {
  const [, type = ''] = new RegExp(`type ${name} =\\n(.*?);\\n`, 's').exec(await read(file)) ?? [];
  return [...type.matchAll(/^ +\| '([^']+)'/gm)].map(([, word = '']) => word);
};

const filesIn = async (folder: string, pattern: RegExp): Promise<readonly string[]> =>
  (await readdir(new URL(folder, projectFolder), { recursive: true }))
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}${name}`);

test('the page about trouble names every phase', () => {
  for (const phase of [...pipelinePhases, ...sidePhases]) assert.ok(isNamed(phase), phase);
});

test('the page about trouble names every kind of error', async () => {
  const ec2 = await wordsOfType('source/ec2/error-kinds.ts', 'Ec2ErrorKind');
  const ssh = await wordsOfType('source/ssh/ssh-error.ts', 'SshErrorKind');
  assert.ok(ec2.includes('credentials') && ec2.includes('unexpected'), ec2.join());
  assert.ok(ssh.includes('identity') && ssh.includes('command'), ssh.join());
  for (const kind of [...ec2, ...ssh]) assert.ok(isNamed(kind), kind);
});

test('the page about trouble names every check', async () => {
  const names = new Set<string>();
  const files = await filesIn('source/pipeline/checks/', /\.ts$/);
  for (const file of [...files, 'source/fleet/health-watch.ts']) {
    const code = await read(file);
    for (const [, name = ''] of code.matchAll(/\b(?:name(?: =|:)|\w+Check =) '([^']+)'/g))
      names.add(name);
    for (const [, stem = ''] of code.matchAll(/\bname(?: =|:) `(\w+) \$\{/g)) {
      names.add(`${stem} NAME`);
    }
  }
  assert.ok(
    names.has('disk') && names.has('delivery') && names.has('container NAME'),
    [...names].join(),
  );
  for (const name of names) assert.ok(isNamed(name), name);
});

test('the words of messages that the page about trouble lists are those of the program', async () => {
  const [, table = ''] = /^## By the words of the message\n(.*?)^## /ms.exec(page) ?? [];
  const phrases = [...table.matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, phrase = '']) => phrase),
  );
  assert.ok(phrases.length > 30, `${phrases.length}`);
  const files = [
    ...(await filesIn('source/', /\.tsx?$/)),
    ...(await filesIn('templates/', /\.sh$/)),
  ];
  const code = (await Promise.all(files.map(read))).join('\n');
  for (const phrase of phrases) assert.ok(code.includes(phrase), phrase);
});
