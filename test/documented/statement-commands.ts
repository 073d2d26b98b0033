import { parseArguments } from '../../source/commands/parse-arguments.ts';
import { documentedCommands } from '../docs/documented-commands.ts';
import type { Manner, Outcome } from './reader.ts';
import type { Statement } from './shown-statements.ts';

type Run = Extract<ReturnType<typeof parseArguments>, { readonly type: 'run' }>;

/** What a statement asks of spot-tui; help and version are not among it. */
export const commandsOf = ({ text }: Pick<Statement, 'text'>): readonly Run[] =>
  documentedCommands({ path: '', text: `\`\`\`sh\n${text}\n\`\`\`\n` }).flatMap(({ words }) => {
    // One that the program does not take says so itself, once it is run.
    const parsed = parsedOrNot(words);
    return parsed?.type === 'run' ? [parsed] : [];
  });

const parsedOrNot = (words: readonly string[]) => {
  try {
    return parseArguments(words, import.meta);
  } catch {
    return undefined;
  }
};

/** How a statement has to be run to come to an end as it does for its reader. */
export const mannerOf = (statement: Statement): Manner => {
  const commands = commandsOf(statement);
  if (commands.some(({ options }) => options.follow)) return { type: 'until', said: /\S/ };
  if (statement.place !== 'workflow' && commands.some(isForPeople)) return { type: 'terminal' };
  if (commands.some(({ options }) => options.watch)) {
    return { type: 'until', said: /\bready\b.*\n/ };
  }
  return { type: 'to-end' };
};

/** Whether a command asks or shows something, if there is a terminal. */
const isForPeople = ({ command, options, remoteCommand }: Run): boolean => {
  if (options.ci || options.json || options.dryRun) return false;
  switch (command.name) {
    case 'dashboard':
    case 'create':
    case 'replay':
      return true;
    case 'destroy':
      return !options.yes;
    case 'ssh':
      return remoteCommand === undefined;
    default:
      return false;
  }
};

/**
 * What a statement does to a fleet: the later it is in this list, the less is left for others.
 */
export const effects = ['none', 'changes', 'breaks', 'ends nodes', 'ends all'] as const;
export type Effect = (typeof effects)[number];

/** The worst that a statement does to the fleet. */
export const effectOf = (statement: Statement): Effect => {
  const all = commandsOf(statement).map(effectOfCommand);
  return effects.findLast((effect) => all.includes(effect)) ?? 'none';
};

const effectOfCommand = ({ command, options, words, remoteCommand }: Run): Effect => {
  switch (command.name) {
    case 'create':
      return options.dryRun ? 'none' : 'changes';
    case 'configure':
    case 'push':
      return 'changes';
    case 'exec':
    case 'ssh':
      return remoteCommand?.some((word) => /\b(?:reboot|restart|stop|rm|tee)\b/.test(word))
        ? 'changes'
        : 'none';
    case 'destroy':
      if (options.dryRun) return 'none';
      return words.length > 0 ? 'ends nodes' : 'ends all';
    case 'sandbox':
      if (words[0] === 'fault') return 'breaks';
      return words[0] === 'stop' ? 'ends all' : 'none';
    default:
      return 'none';
  }
};

/** What is wrong with how a statement ended, if something is. */
export const problemsWith = (statement: Statement, outcome: Outcome): readonly string[] => {
  const { status, stderr, stdout } = outcome;
  const commands = commandsOf(statement);
  const manner = mannerOf(statement);
  const problems: string[] = [];
  // Who ends what stays ends it by ctrl-c.
  const good = manner.type === 'until' ? [0, 130] : [0];
  if (status === null || !good.includes(status)) problems.push(`it ended with status ${status}`);
  if (/\b(?:Usage|Did you mean)\b/.test(stderr)) problems.push('it was not understood');
  if (manner.type === 'until' && !manner.said.test(stdout)) problems.push('it said nothing');
  const [first] = commands;
  if (commands.length !== 1 || first === undefined || /[|>]/.test(statement.text)) return problems;
  if (first.options.json) {
    const lines = stdout.split('\n').filter((line) => line !== '');
    if (lines.length === 0 || !lines.every(isJson)) problems.push('it did not print JSON');
  }
  const said = says[first.command.name];
  if (said !== undefined && !first.options.json && !said.test(stdout)) {
    problems.push(`it did not say ${said}`);
  }
  return problems;
};

/** What commands say whatever they are called with, if all went well. */
const says: Readonly<Record<string, RegExp>> = {
  dashboard: /\bready\b/,
  create: /\bready\b|\bNothing to launch\b|\bWould launch\b|\$/,
  list: /\$\d|\bnothing\b/i,
  configure: /\bready\b/,
  push: /\bready\b/,
  doctor: /✔/,
  validate: /✔/,
  init: /config\.yaml/,
  history: /\S/,
  replay: /us-west-2-1/,
  sandbox: /\S/,
  completion: /spot-tui/,
  logs: /\S/,
};

const isJson = (line: string): boolean => {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
};
