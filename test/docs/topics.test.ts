import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { pipelinePhases, sidePhases } from '../../source/events/phase.ts';
import { isTopic, type Topic, topics } from '../../source/events/topic.ts';
import { topicOfPhase } from '../../source/events/topic-of-phase.ts';
import type { CheckName } from '../../source/pipeline/checks/check.ts';
import { topicOfCheck } from '../../source/pipeline/checks/topic-of-check.ts';
import { anchorsOf } from './anchors.ts';
import { projectFolder } from './pages.ts';

const path = 'docs/troubleshooting.md';
const text = await readFile(new URL(path, projectFolder), 'utf8');

const names = Object.keys(topics).filter(isTopic);

/** The page's section of a topic, without its heading. */
const sectionOf = (topic: Topic): string => {
  const [, after = ''] = text.split(`\n## ${topics[topic]}\n`);
  return after.split('\n## ')[0] ?? '';
};

/** The row of a table that begins with a name. */
const rowOf = (topic: Topic, name: string): string =>
  sectionOf(topic)
    .split('\n')
    .find((line) => (line.split(' | ')[0] ?? '').includes(`\`${name}\``)) ?? '';

const linkTo = (topic: Topic): string =>
  `(#${[...anchorsOf({ path, text: `## ${topics[topic]}` })].join()})`;

test('every heading of the page is a topic, and every topic a heading, in the same order', () => {
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  assert.deepEqual(
    headings,
    names.map((topic) => topics[topic]),
  );
  assert.equal(text.match(/^###/gm), null);
});

test('a topic is one short word of what is typed at night', () => {
  for (const topic of names) assert.match(topic, /^[a-z-]{2,12}$/);
});

/** Sections that are a way to others, or a table by themselves. */
const others: readonly Topic[] = ['start', 'phases', 'checks', 'messages', 'dashboard', 'bug'];

test('the section of a symptom says what is seen, why, where to look, what to do and what not', () => {
  for (const topic of names.filter((name) => !others.includes(name))) {
    const section = sectionOf(topic);
    const parts = [...section.matchAll(/^\*\*(.+?)\*\*/gm)].map(([, part]) => part);
    assert.ok(parts.includes('You see') && parts.includes('Look at'), `${topic}: ${parts}`);
    assert.match(section, /^\*\*Why|\| why \|/m, topic);
    assert.match(section, /^\*\*(?:Do|Why and do)\*\*|\| do \|/m, topic);
    assert.equal(parts.at(-1), "Don't", topic);
  }
});

test('the page sends a phase and a check where the program does', () => {
  for (const phase of [...pipelinePhases, ...sidePhases]) {
    if (phase === 'ready' || phase === 'failed') continue;
    assert.ok(rowOf('phases', phase).includes(linkTo(topicOfPhase(phase))), phase);
  }
  const checks: Readonly<Record<CheckName, true>> = {
    ssh: true,
    inspection: true,
    delivery: true,
    'cloud-init': true,
    directories: true,
    files: true,
    disk: true,
    docker: true,
    containers: true,
  };
  for (const name of [...Object.keys(checks), 'container NAME', 'NAME.service']) {
    assert.ok(rowOf('checks', name).includes(linkTo(topicOfCheck(name))), name);
  }
  assert.ok(sectionOf('checks').includes(`a name of your own | your command of \`checks\``));
  assert.ok(sectionOf('checks').includes(linkTo(topicOfCheck('clock is right'))));
});

/** Where sections of the page are named in the program: what can be read on about. */
const programText = async (): Promise<string> => {
  const files = await readdir(new URL('source/', projectFolder), { recursive: true });
  const texts = files
    .filter((name) => /\.tsx?$/.test(name) && name !== 'events/topic.ts')
    // What fails there is another process, whose words become errors of ours on their way.
    .filter((name) => !/^sandbox\/(?:endpoint|node)\//.test(name))
    .map((name) => readFile(new URL(`source/${name}`, projectFolder), 'utf8'));
  return (await Promise.all(texts)).join('\n');
};

/** Who has never failed asks for these by themselves. */
const asked: readonly Topic[] = ['messages', 'leftovers', 'bug'];

test('a failure can lead to every section but those that people look up', async () => {
  const code = await programText();
  for (const topic of names.filter((name) => !asked.includes(name))) {
    assert.ok(code.includes(`'${topic}'`), topic);
  }
});

/** They say how to go on, or that there is nothing to do: nothing may come after that. */
const complete = ['FailFastError', 'JunitFileError', 'OutputError'];

test('every error that has a hint says where to read on', async () => {
  const code = await programText();
  const classes = [...code.matchAll(/^export class (\w+) extends \w*Error \{$(.*?)^\}$/gms)];
  const hinting = classes.filter(
    ([, name = '', body = '']) => /^ +readonly hint\b/m.test(body) && !complete.includes(name),
  );
  assert.ok(hinting.length >= 12, `${hinting.length}`);
  for (const [, name = '', body = ''] of hinting) {
    assert.match(body, /^ +(?:readonly|get) topic\b/m, name);
  }
});
