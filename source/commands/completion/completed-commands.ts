import { topics } from '../../events/topic.ts';
import type { CommandDefinition } from '../command.ts';
import { commandTable, defaultCommand } from '../command-table.ts';
import { flagName } from '../help.ts';
import { commandOptions, globalOptions, type OptionDefinition } from '../options.ts';
import { starters } from '../starters.ts';
import { faultWords, sandboxWords } from './sandbox-words.ts';
import { shells } from './shells.ts';

/** A word that can be chosen, and what it means: one line. */
export type Choice = readonly [word: string, meaning: string];

/** What may follow: words to choose from, files, or something that can't be known here. */
export type Completed =
  | { readonly type: 'choices'; readonly choices: readonly Choice[] }
  | { readonly type: 'files' }
  | { readonly type: 'unknown' };

export type CompletedOption = {
  /** As it is written: `--dry-run`. */
  readonly flag: string;
  readonly description: string;
  /** How its value is called in the help: `FILE`. Undefined where it takes none. */
  readonly value: string | undefined;
  readonly values: Completed;
  /** Whether it also goes without a value, which is then only written after `=`. */
  readonly isOptional: boolean;
};

export type CompletedCommand = {
  readonly name: string;
  readonly summary: string;
  /** Its own options; those of every command are in `globals`. */
  readonly options: readonly CompletedOption[];
  readonly words: Completed;
  /** What follows one of its own words, such as `fault`. */
  readonly wordsAfter: readonly (readonly [word: string, choices: readonly Choice[]])[];
};

/** What a shell can complete, whichever it is. */
export type CompletedProgram = {
  readonly globals: readonly CompletedOption[];
  /** Options of the program without a command. */
  readonly withoutCommand: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
  /** All options that take the next word for their value. */
  readonly takeNextWord: readonly string[];
};

/** What the tables of commands and options say, as a shell needs it. */
export const completedProgram = (): CompletedProgram => ({
  globals: completedOptions(Object.entries(globalOptions)),
  withoutCommand: ownOptions(defaultCommand),
  commands: [
    ...commandTable.map((command) => ({
      name: command.name,
      summary: command.summary,
      options: ownOptions(command),
      words: wordsOf(command),
      wordsAfter: command.name === 'sandbox' ? [['fault', faultWords] as const] : [],
    })),
    {
      name: 'help',
      summary: 'about the program, or about a command',
      options: [],
      words: {
        type: 'choices',
        choices: commandTable.map(({ name, summary }) => [name, summary] as const),
      },
      wordsAfter: [],
    },
  ],
  takeNextWord: completedOptions(Object.entries({ ...globalOptions, ...commandOptions }))
    .filter(({ value, isOptional }) => value !== undefined && !isOptional)
    .map(({ flag }) => flag),
});

const ownOptions = ({ options }: CommandDefinition): CompletedOption[] =>
  completedOptions(options.map((name) => [name, commandOptions[name]] as const));

const completedOptions = (
  options: readonly (readonly [string, OptionDefinition])[],
): CompletedOption[] =>
  options.map(([name, { default: isOn, description, value }]) => ({
    flag: flagName(isOn ? `no-${name}` : name),
    description,
    value,
    values: valuesOf(name, value),
    isOptional: name === 'sandbox',
  }));

/** The help writes what is to be replaced in capitals, and a fixed word as it is. */
const valuesOf = (name: string, value: string | undefined): Completed => {
  if (name === 'template') return { type: 'choices', choices: starters };
  if (value === 'FILE' || value === 'PATH') return { type: 'files' };
  if (value === undefined || value === value.toUpperCase()) return { type: 'unknown' };
  return { type: 'choices', choices: [[value, name === 'sandbox' ? 'nodes boot at once' : '']] };
};

/** Nodes are not looked for: that would ask EC2 while somebody types. */
const wordsOf = ({ name, usage }: CommandDefinition): Completed => {
  if (name === 'sandbox') return { type: 'choices', choices: sandboxWords };
  if (name === 'init') return { type: 'files' };
  if (name === 'explain') return { type: 'choices', choices: Object.entries(topics) };
  if (name === 'completion') return { type: 'choices', choices: shells };
  return usage.includes('FILE') ? { type: 'files' } : { type: 'unknown' };
};
