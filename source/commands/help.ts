import type { CommandDefinition } from './command.ts';
import { commandTable } from './command-table.ts';
import { exitMeanings } from './exit-meanings.ts';
import { commandOptions, globalOptions, type OptionDefinition } from './options.ts';

/** The program's own help. */
export const programHelp = (): string =>
  [
    'spot-tui launches, shows, debugs and repairs a fleet of EC2 spot instances.',
    '',
    'Usage',
    '  spot-tui [command] [options]',
    '',
    '  Without a command it attaches to the deployment and opens the dashboard.',
    '',
    'Commands',
    ...columns(
      commandTable.map(({ name, usage, summary }) => [`${name} ${usage}`.trim(), summary]),
    ),
    '',
    'Options',
    ...optionLines(Object.entries(globalOptions)),
    '',
    'Options of some commands',
    ...optionLines(Object.entries(commandOptions)),
    '',
    'First steps',
    ...columns([
      ['spot-tui create --sandbox', 'see a fleet come up: no account, no cost'],
      ['spot-tui init', 'begin a deployment of your own'],
      ['spot-tui COMMAND --help', 'more about a command'],
    ]),
    '',
    'Exit status: 0 all well, 1 a node or check failed, 2 usage or configuration, 3 AWS access, 130 or 143 interrupted.',
    '',
  ].join('\n');

/** The help of one command. */
export const commandHelp = (command: CommandDefinition): string =>
  [
    `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
    '',
    'Usage',
    `  ${usageLine(command)}`,
    ...(command.usage.includes('node')
      ? ['', '  A node is a name such as us-west-2-1, an instance id or an address.']
      : []),
    '',
    ...command.description.flatMap((paragraph) => [...wrap(paragraph), '']),
    ...(command.choices === undefined
      ? []
      : [command.choices.title, ...columns(command.choices.rows), '']),
    ...(command.options.length === 0
      ? []
      : [
          'Options',
          ...optionLines(command.options.map((name) => [name, commandOptions[name]] as const)),
          '',
        ]),
    'Options of every command',
    ...optionLines(Object.entries(globalOptions).filter(([name]) => name !== 'version')),
    '',
    'Examples',
    ...columns(command.examples.map(([line, meaning]) => [line, meaning])),
    '',
    'Exit status',
    ...columns(exitMeanings(command.name)),
    '',
  ].join('\n');

/** `dryRun` as it is written on the command line: `--dry-run`. */
export const flagName = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** An option as it is written: `--count N`. */
export const optionUsage = (name: string, { default: isOn, value }: OptionDefinition): string =>
  name === 'sandbox'
    ? '--sandbox[=fast]'
    : `${flagName(isOn ? `no-${name}` : name)}${value === undefined ? '' : ` ${value}`}`;

/** A command line with everything that the command takes. */
export const usageLine = ({ name, usage }: CommandDefinition): string =>
  ['spot-tui', name === 'dashboard' ? '' : name, usage, '[options]']
    .filter((part) => part !== '')
    .join(' ');

const optionLines = (options: readonly (readonly [string, OptionDefinition])[]): string[] =>
  columns(options.map(([name, option]) => [optionUsage(name, option), option.description]));

const columns = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
};

const wrap = (text: string, width = 78): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => `  ${each}`);
};
