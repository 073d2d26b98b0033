import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandTable } from '../../source/commands/command-table.ts';
import { UsageError } from '../../source/commands/exit-status.ts';
import { commandHelp, flagName, programHelp } from '../../source/commands/help.ts';
import { commandOptions, globalOptions } from '../../source/commands/options.ts';
import { parseArguments } from '../../source/commands/parse-arguments.ts';

const parse = (line: string) =>
  parseArguments(
    line.split(' ').filter((word) => word !== ''),
    import.meta,
  );

const parseRun = (line: string) => {
  const parsed = parse(line);
  if (parsed.type !== 'run') throw new Error(`${line} runs nothing`);
  return parsed;
};

const refusal = (line: string) => {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} | ${error.hint}`;
    throw error;
  }
  throw new Error(`${line} was accepted`);
};

test('without a command the dashboard is meant', () => {
  assert.equal(parseRun('').command.name, 'dashboard');
  assert.equal(parseRun('--sandbox').options.sandbox, 'realistic');
});

test('--sandbox never takes the next word for its value', () => {
  const { options, words } = parseRun('list --sandbox us-west-2-1');
  assert.equal(options.sandbox, 'realistic');
  assert.deepEqual(words, ['us-west-2-1']);
  assert.equal(parseRun('list --sandbox=fast').options.sandbox, 'fast');
});

test('what follows -- is for the node', () => {
  const { words, remoteCommand, options } = parseRun('exec us-west-2-1 -- ls --json -la');
  assert.deepEqual(words, ['us-west-2-1']);
  assert.deepEqual(remoteCommand, ['ls', '--json', '-la']);
  assert.equal(options.json, false);
});

test('options are read by their types', () => {
  const { options } = parseRun('create --count 5 --dry-run --region us-west-2 --ci');
  assert.equal(options.count, 5);
  assert.equal(options.dryRun, true);
  assert.equal(options.region, 'us-west-2');
  assert.equal(options.ci, true);
  for (const price of ['0.05', '.05', '$0.05']) {
    assert.equal(parseRun(`create --max-price ${price}`).options.maxPrice, 0.05);
  }
});

test('what is on by itself is turned off with --no-, and the help shows it so', () => {
  assert.equal(parseRun('').options.notify, true);
  assert.equal(parseRun('create --no-notify').options.notify, false);
  assert.equal(parseRun('create --notify=false').options.notify, false);
  assert.match(programHelp(), /^ {2}--no-notify /m);
});

test('mistakes are named, with the nearest right word', () => {
  assert.match(refusal('crate'), /no command crate \| Did you mean `create`/);
  assert.match(refusal('create --cuont 5'), /no option --cuont \| Did you mean --count\?/);
  assert.match(refusal('list --dry-run'), /list has no option --dry-run/);
  assert.match(refusal('create --count five'), /--count takes a whole number/);
  assert.match(refusal('create --max-price cheap'), /--max-price takes US dollars an hour/);
  assert.match(refusal('list --max-price 1'), /list has no option --max-price/);
  assert.match(refusal('create --count 0'), /--count takes a whole number/);
  assert.match(refusal('create --config'), /--config needs a value/);
  assert.match(refusal('create --config --ci'), /--config needs a value/);
  assert.match(refusal('create --config='), /--config needs a value/);
  assert.match(refusal('list --timeout='), /--timeout needs a value/);
  assert.match(refusal('create --count 1 --count 2'), /--count .*once/);
  assert.match(refusal('list -x'), /there is no option -x/);
  assert.match(refusal('list --no-colour'), /there is no option --colour/);
  assert.match(refusal('create us-west-2'), /create does not take us-west-2/);
  assert.match(refusal('create -- ls'), /create takes no command after --/);
  assert.match(refusal('list --sandbox=quick'), /no sandbox called "quick"/);
});

test('help is there for the program and for each command', () => {
  assert.deepEqual(parse('--help'), { type: 'help' });
  assert.deepEqual(parse('-h'), { type: 'help' });
  assert.deepEqual(parse('--version'), { type: 'version' });
  for (const command of commandTable) {
    const parsed = parse(`${command.name} --help`);
    assert.equal(parsed.type === 'help' ? parsed.command : undefined, command);
    assert.ok(programHelp().includes(command.summary));
    for (const option of command.options) {
      assert.ok(commandHelp(command).includes(flagName(option)), `${command.name} ${option}`);
      assert.ok(option in commandOptions);
    }
    for (const option of Object.keys(globalOptions)) {
      const flag = option === 'notify' ? '--no-notify' : flagName(option);
      if (option !== 'version') assert.ok(commandHelp(command).includes(flag));
    }
    for (const [line] of command.examples) {
      assert.ok(line.includes('spot-tui'), line);
    }
  }
});

test('every example is a command line that is accepted', () => {
  for (const command of commandTable) {
    for (const [line] of command.examples) {
      const own = line.replace(/^.*spot-tui ?/, '');
      assert.equal(parseRun(own).command, command, line);
    }
  }
});

test('help fits a terminal of 120 columns', () => {
  for (const text of [programHelp(), ...commandTable.map(commandHelp)]) {
    for (const line of text.split('\n')) assert.ok(line.length <= 120, line);
  }
});
