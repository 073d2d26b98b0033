import type {
  Completed,
  CompletedCommand,
  CompletedOption,
  CompletedProgram,
} from './completed-commands.ts';

/** The completion for fish 3 and later. */
export const fishCompletion = (program: CompletedProgram): string => {
  const { commands, globals, takeNextWord, withoutCommand } = program;
  return `# Completion of spot-tui for fish. Written by \`spot-tui completion fish\`.

# The words before the cursor, without options and their values.
function __spot_tui_words
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case ${takeNextWord.join(' ')}
                set skip 1
            case '-*'
            case '*'
                printf '%s\\n' $word
        end
    end
end

# Whether the words are these, and another one is being written.
function __spot_tui_after
    set -l words (__spot_tui_words)
    test "$words" = "$argv"
end

# Whether the command is this one, or one of these.
function __spot_tui_command
    set -l words (__spot_tui_words)
    contains -- "$words[1]" $argv
end

complete -c spot-tui -f
complete -c spot-tui -s h -d 'this text'
${[
  ...globals.map((option) => optionLine(option)),
  ...withoutCommand.map((option) => optionLine(option, '__spot_tui_after')),
  ...commands.map(({ name, summary }) =>
    line(["-n '__spot_tui_after'", `-a ${name}`, `-d ${quoted(summary)}`]),
  ),
  ...commands.flatMap(commandLines),
].join('\n')}
`;
};

const commandLines = ({ name, options, words, wordsAfter }: CompletedCommand): string[] => [
  ...options.map((option) => optionLine(option, `__spot_tui_command ${name}`)),
  ...wordLines(words, `__spot_tui_after ${name}`),
  ...wordsAfter.flatMap(([word, choices]) =>
    wordLines({ type: 'choices', choices }, `__spot_tui_after ${name} ${word}`),
  ),
];

const wordLines = (completed: Completed, condition: string): string[] => {
  const when = `-n ${quoted(condition)}`;
  switch (completed.type) {
    case 'files':
      return [line([when, '-F'])];
    case 'choices':
      return completed.choices.map(([word, meaning]) =>
        line([when, `-a ${word}`, `-d ${quoted(meaning)}`]),
      );
    case 'unknown':
      return [];
    default:
      return completed satisfies never;
  }
};

const optionLine = (
  { description, flag, isOptional, value, values }: CompletedOption,
  condition?: string,
): string =>
  line([
    ...(condition === undefined ? [] : [`-n ${quoted(condition)}`]),
    `-l ${flag.replace(/^--/, '')}`,
    ...(value === undefined || isOptional ? [] : [values.type === 'files' ? '-r -F' : '-x']),
    ...(values.type === 'choices'
      ? [`-a ${quoted(values.choices.map(([word]) => word).join(' '))}`]
      : []),
    `-d ${quoted(description)}`,
  ]);

const line = (parts: readonly string[]): string => `complete -c spot-tui ${parts.join(' ')}`;

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
