import type { CommandDefinition } from '../source/commands/command.ts';
import { commandTable, defaultCommand } from '../source/commands/command-table.ts';
import { exitMeanings } from '../source/commands/exit-meanings.ts';
import { optionUsage, usageLine } from '../source/commands/help.ts';
import {
  commandOptions,
  globalOptions,
  type OptionDefinition,
} from '../source/commands/options.ts';
import { withGenerated } from './generated-part.ts';

/**
 * The page about the commands as their table and that of the options have them.
 *
 * @throws Error when the page has no part for them
 */
export const withCommands = (page: string): string =>
  withGenerated(page, 'commands', [
    ...overview(),
    '## Without a command',
    '',
    ...commandLines(defaultCommand),
    ...commandTable.flatMap((command) => [`## ${command.name}`, '', ...commandLines(command)]),
    '## Options of every command',
    '',
    ...optionTable(Object.entries(globalOptions)),
  ]);

const overview = (): string[] => [
  '| command | does |',
  '| --- | --- |',
  `| [\`spot-tui\`](#without-a-command) | ${defaultCommand.summary} |`,
  ...commandTable.map(
    ({ name, summary, usage }) =>
      `| [\`${cell(`${name} ${usage}`.trim())}\`](#${name}) | ${summary} |`,
  ),
  '',
];

const commandLines = (command: CommandDefinition): string[] => [
  `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
  '',
  '```',
  usageLine(command),
  '```',
  '',
  ...command.description.flatMap((paragraph) => [prose(paragraph), '']),
  ...(command.choices === undefined ? [] : choiceTable(command.choices)),
  ...(command.options.length === 0
    ? []
    : optionTable(command.options.map((name) => [name, commandOptions[name]] as const))),
  '```sh',
  ...exampleLines(command.examples),
  '```',
  '',
  '| exit status | means |',
  '| --- | --- |',
  ...exitMeanings(command.name).map(([status, meaning]) => `| ${status} | ${meaning} |`),
  '',
];

const choiceTable = ({ rows, title }: NonNullable<CommandDefinition['choices']>): string[] => [
  `| ${title.toLowerCase()} | |`,
  '| --- | --- |',
  ...rows.map(([name, meaning]) => `| \`${name}\` | ${cell(meaning)} |`),
  '',
];

const optionTable = (options: readonly (readonly [string, OptionDefinition])[]): string[] => [
  '| option | does |',
  '| --- | --- |',
  ...options.map(
    ([name, option]) => `| \`${optionUsage(name, option)}\` | ${cell(option.description)} |`,
  ),
  '',
];

const exampleLines = (examples: CommandDefinition['examples']): string[] => {
  const width = Math.max(...examples.map(([line]) => line.length));
  return examples.map(([line, meaning]) => `${line.padEnd(width)}  # ${meaning}`);
};

/** Words in capitals and placeholders are plain text, which `<` and `*` in Markdown are not. */
const prose = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 0 ? part.replaceAll(/[<>*]/g, '\\$&') : part))
    .join('');

const cell = (text: string): string => text.replaceAll('|', '\\|');
