import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commandTable, defaultCommand } from '../../source/commands/command-table.ts';
import { hasTerminals } from '../commands/program.ts';
import { exceptions } from '../docs/exceptions.ts';
import { readPages } from '../docs/pages.ts';
import { Reader } from './reader.ts';
import { type Statement, shownStatements, statementsIn } from './shown-statements.ts';
import { reasonsFor, standIns } from './stand-ins.ts';
import { commandsOf, type Effect, effectOf, mannerOf, problemsWith } from './statement-commands.ts';

/** Statements that say the same, whatever page or comment they stand in, are run once. */
const distinct = (statements: readonly Statement[]): readonly Statement[] => {
  const byText = new Map<string, Statement>();
  for (const each of statements) {
    const key = `${each.place === 'workflow' ? 'CI ' : ''}${each.text.replace(/\s+#.*$/, '')}`;
    if (!byText.has(key)) byText.set(key, each);
  }
  return [...byText.values()];
};

const examples = [defaultCommand, ...commandTable].flatMap(({ name, examples: lines }) =>
  statementsIn(`the help of ${name}`, lines.map(([line]) => line).join('\n')),
);
/** A command that needs to be told a node, and that a sentence only names: its help is there. */
const named = (statement: Statement): Statement => {
  const [, name] = /^spot-tui (\w+)$/.exec(statement.text) ?? [];
  const needsMore = commandTable.some((each) => each.name === name && /^<|\|/.test(each.usage));
  return statement.place === 'sentence' && needsMore
    ? { ...statement, text: `${statement.text} --help` }
    : statement;
};

const statements = distinct(
  [...shownStatements(await readPages()).single, ...examples]
    .filter(({ text }) => !exceptions.has(text))
    .map(named),
);
const withEffect = (...wanted: readonly Effect[]) =>
  statements.filter((each) => wanted.includes(effectOf(each)));

let reader: Reader;
/** A deployment of eight nodes, with runs that were recorded. */
let fleet: string;

/** Runs the program for the fleet, to prepare what statements presuppose. */
const prepare = async (...words: readonly string[]): Promise<string> => {
  const { status, stdout, stderr } = await reader.program([...words, '--sandbox=fast'], fleet);
  assert.equal(status, 0, `${words.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
};

before(async () => {
  reader = await Reader.create(standIns);
  fleet = await reader.newFolder();
  await prepare('init');
  const file = path.join(fleet, 'config.yaml');
  const config = await readFile(file, 'utf8');
  await writeFile(
    file,
    `deployment: docs\n${config.replace(/total_instances: \d+/, 'total_instances: 8')}`,
  );
  const events = await prepare('create', '--json');
  await writeFile(path.join(fleet, 'run.ndjson'), events);
  await prepare('configure', 'us-west-2-1', '--ci');
  await prepare('configure', 'us-west-2-2', '--ci');
});

after(() => reader.remove());

const run = async (statement: Statement): Promise<void> => {
  const manner = mannerOf(statement);
  // It writes what is there already.
  const isInit = commandsOf(statement).some(({ command }) => command.name === 'init');
  const folder = isInit ? await reader.newFolder() : fleet;
  const outcome = await reader.run(statement, manner, folder);
  assert.deepEqual(
    problemsWith(statement, outcome),
    [],
    `${statement.page}: ${statement.text}\n${outcome.stdout.slice(-3000)}\n${outcome.stderr.slice(-3000)}`,
  );
};

const define = (statement: Statement, prepared: () => Promise<unknown> = async () => undefined) => {
  const needsTerminal = mannerOf(statement).type === 'terminal' && !hasTerminals;
  const skip = needsTerminal ? 'there is no script of util-linux' : false;
  const name = `${statement.page}: ${statement.text.replace(/\s+#.*$/, '')}`;
  test(name, { skip }, async () => {
    await prepared();
    await run(statement);
  });
};

describe('what only looks', { concurrency: 3 }, () => {
  for (const statement of withEffect('none')) define(statement);
});

describe('what changes the fleet', () => {
  // What makes the fleet larger makes the others slower.
  const growing = (each: Statement) => Number(/--count \d/.test(each.text));
  for (const statement of withEffect('changes').toSorted((a, b) => growing(a) - growing(b))) {
    define(statement);
  }
});

describe('what breaks something', () => {
  for (const statement of withEffect('breaks')) define(statement);
  after(() => prepare('sandbox', 'stop'));
});

describe('what ends nodes', () => {
  for (const statement of withEffect('ends nodes', 'ends all')) {
    define(statement, () => prepare('create', '--ci', '--count', '1'));
  }
});

test('what a page shows and nobody ran is run elsewhere', async (context) => {
  for (const reason of await reasonsFor(await reader.calls())) context.diagnostic(reason);
});
