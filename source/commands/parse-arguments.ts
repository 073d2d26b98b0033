import meow, { type AnyFlag } from 'meow';
import { closest } from './closest.ts';
import type { CommandDefinition } from './command.ts';
import { commandTable, defaultCommand } from './command-table.ts';
import { UsageError } from './exit-status.ts';
import { flagName } from './help.ts';
import { commandOptions, globalOptions, type OptionDefinition, type Options } from './options.ts';

/** What a command line asks for. */
export type ParsedArguments =
  | { readonly type: 'version' }
  | { readonly type: 'help'; readonly command?: CommandDefinition }
  | {
      readonly type: 'run';
      readonly command: CommandDefinition;
      readonly words: readonly string[];
      readonly remoteCommand: readonly string[] | undefined;
      readonly options: Options;
    };

const allOptions = { ...globalOptions, ...commandOptions };

/**
 * Understands a command line.
 *
 * @param argv What follows the program's name.
 * @throws UsageError
 */
export const parseArguments = (
  argv: readonly string[],
  importMeta: ImportMeta,
): ParsedArguments => {
  const separator = argv.indexOf('--');
  const own = separator === -1 ? argv : argv.slice(0, separator);
  const remoteCommand = separator === -1 ? undefined : argv.slice(separator + 1);
  requireValues(own);
  const { input, flags } = parseWords(own.map(nameSandbox), importMeta);
  if (flags.version === true) return { type: 'version' };

  const [name, ...words] = input;
  const wantsHelp = flags.help === true || name === 'help';
  const commandName = name === 'help' ? words[0] : name;
  if (commandName === undefined && wantsHelp) return { type: 'help' };
  const command = commandName === undefined ? defaultCommand : findCommand(commandName);
  if (wantsHelp) return { type: 'help', command };

  checkFlags(command, flags);
  checkWords(command, words, remoteCommand);
  return { type: 'run', command, words, remoteCommand, options: readOptions(flags) };
};

const parseWords = (argv: readonly string[], importMeta: ImportMeta) => {
  try {
    return meow({
      importMeta,
      argv,
      autoHelp: false,
      autoVersion: false,
      // meow gives the process this name.
      pkg: { name: 'spot-tui' },
      flags: Object.fromEntries(
        Object.entries(allOptions).map(([name, definition]) => [name, flagOf(name, definition)]),
      ),
    });
  } catch (error) {
    // Such as an option that is there twice.
    throw new UsageError(
      error instanceof Error ? error.message : String(error),
      '`spot-tui --help` shows how options are written.',
    );
  }
};

const flagOf = (name: string, { type, default: isOn }: OptionDefinition): AnyFlag => {
  if (isOn) return { type: 'boolean', default: true };
  return { type, ...(name === 'help' ? { shortFlag: 'h' } : {}) };
};

/** meow would take the next word for the value of a bare `--sandbox`. */
const nameSandbox = (word: string): string => (word === '--sandbox' ? '--sandbox=realistic' : word);

/** A string option at the end, or before another option, would silently be empty. */
const requireValues = (argv: readonly string[]): void => {
  for (const [name, definition] of Object.entries(allOptions)) {
    if (definition.type === 'boolean' || name === 'sandbox') continue;
    const flag = flagName(name);
    const at = argv.indexOf(flag);
    const next = argv[at + 1] ?? '';
    const isEmpty = at !== -1 && (next === '' || /^--?[a-z]/.test(next));
    if (isEmpty || argv.includes(`${flag}=`)) {
      throw new UsageError(
        `${flag} needs a value`,
        `Write ${flag} ${'value' in definition ? definition.value : 'VALUE'}.`,
      );
    }
  }
};

const findCommand = (name: string): CommandDefinition => {
  const command = commandTable.find((each) => each.name === name);
  if (command !== undefined) return command;
  const nearest = closest(
    name,
    commandTable.map((each) => each.name),
  );
  throw new UsageError(
    `there is no command ${name}`,
    nearest === undefined
      ? '`spot-tui --help` lists them.'
      : `Did you mean \`${nearest}\`? \`spot-tui --help\` lists all.`,
  );
};

const checkFlags = (command: CommandDefinition, flags: Record<string, unknown>): void => {
  const known = [...Object.keys(globalOptions), ...command.options];
  for (const [name, value] of Object.entries(flags)) {
    if (known.includes(name) || value === undefined) continue;
    // meow answers false for every option that is not there.
    if (value === false && name in allOptions) continue;
    const flag = name.length === 1 ? `-${name}` : flagName(name);
    if (name in commandOptions) {
      throw new UsageError(
        `${command.name} has no option ${flag}`,
        `\`spot-tui ${command.name} --help\` lists those that it has.`,
      );
    }
    const nearest = closest(flag, known.map(flagName));
    throw new UsageError(
      `there is no option ${flag}`,
      nearest === undefined
        ? '`spot-tui --help` lists them.'
        : `Did you mean ${nearest}? \`spot-tui --help\` lists all.`,
    );
  }
};

const checkWords = (
  { maximumWords, name, takesRemoteCommand, usage }: CommandDefinition,
  words: readonly string[],
  remoteCommand: readonly string[] | undefined,
): void => {
  const usageLine = `Usage: spot-tui ${name} ${usage}`.trimEnd();
  if (maximumWords !== undefined && words.length > maximumWords) {
    throw new UsageError(`${name} does not take ${words[maximumWords]}`, `${usageLine}.`);
  }
  if (remoteCommand !== undefined && !takesRemoteCommand) {
    throw new UsageError(`${name} takes no command after --`, `${usageLine}.`);
  }
};

const readOptions = (flags: Record<string, unknown>): Options => {
  const text = (name: keyof typeof allOptions): string | undefined => {
    const value = flags[name];
    return typeof value === 'string' ? value : undefined;
  };
  const count = (name: keyof typeof allOptions): number | undefined => {
    const value = flags[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    throw new UsageError(`${flagName(name)} takes a whole number from 1`, 'Such as 5.');
  };
  const amount = (name: keyof typeof allOptions): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const dollars = /^\$?(\d*\.?\d+)$/.exec(value.trim())?.[1];
    if (dollars !== undefined) return Number(dollars);
    throw new UsageError(
      `${flagName(name)} takes US dollars an hour, got ${JSON.stringify(value)}`,
      'Such as 0.05.',
    );
  };
  const is = (name: keyof typeof allOptions): boolean => flags[name] === true;
  const sandbox = text('sandbox');
  if (sandbox !== undefined && sandbox !== 'realistic' && sandbox !== 'fast') {
    throw new UsageError(
      `there is no sandbox called ${JSON.stringify(sandbox)}`,
      'Write --sandbox, or --sandbox=fast.',
    );
  }
  return {
    ...definedOnly({
      config: text('config'),
      sandbox,
      region: text('region'),
      profile: text('profile'),
      timeout: text('timeout'),
      junit: text('junit'),
      minReady: count('minReady'),
      template: text('template'),
      from: text('from'),
      unit: text('unit'),
      count: count('count'),
      maxPrice: amount('maxPrice'),
      canary: count('canary'),
      batch: count('batch'),
      maxFailures: count('maxFailures'),
      lines: count('lines'),
    }),
    ci: is('ci'),
    json: is('json'),
    notify: is('notify'),
    screenReader: is('screenReader'),
    yes: is('yes'),
    verbose: is('verbose'),
    debug: is('debug'),
    dryRun: is('dryRun'),
    watch: is('watch'),
    failFast: is('failFast'),
    follow: is('follow'),
    all: is('all'),
    allDeployments: is('allDeployments'),
    expired: is('expired'),
    recorded: is('recorded'),
    runs: is('runs'),
    userSshConfig: is('userSshConfig'),
    force: is('force'),
  };
};

type Defined<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> };

const definedOnly = <Values extends Record<string, unknown>>(values: Values): Defined<Values> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Defined<Values>;
