import type {
  Choice,
  Completed,
  CompletedCommand,
  CompletedOption,
  CompletedProgram,
} from './completed-commands.ts';

/** The completion for zsh: a function that it loads by the name of the file, `_spot-tui`. */
export const zshCompletion = ({ commands, globals, withoutCommand }: CompletedProgram): string =>
  `#compdef spot-tui
# Completion of spot-tui for zsh. Written by \`spot-tui completion zsh\`.

_spot_tui_commands() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${choice([name, summary])}`).join('\n')}
  )
  _describe -t commands command commands
}

_spot_tui() {
  local curcontext="$curcontext" state state_descr line
  local -A opt_args
  local -a globals=(
    '(- *)-h[this text]'
${globals.map((option) => `    ${specification(option)}`).join('\n')}
  )
  local -i result=1

  _arguments -S -C $globals \\
${withoutCommand.map((option) => `    ${specification(option)} \\`).join('\n')}
    ': :_spot_tui_commands' \\
    '*::: :->command' && result=0

  [[ $state == command ]] || return result
  words=($line[1] "\${words[@]}")
  (( CURRENT += 1 ))
  curcontext="\${curcontext%:*:*}:spot-tui-$line[1]:"
  case $line[1] in
${commands.map(commandCase).join('\n')}
  esac
  return result
}

if [[ $funcstack[1] == _spot-tui ]]; then
  _spot_tui "$@"
else
  compdef _spot_tui spot-tui
fi
`;

const commandCase = ({ name, options, words, wordsAfter }: CompletedCommand): string => {
  const specifications = [
    ...options.map(specification),
    ...(words.type === 'unknown' ? [] : [quoted(`: :${action(words)}`)]),
    // `line` holds the words before, and only they say which ones follow.
    ...(wordsAfter.length === 0 ? [] : [quoted('*: :->after')]),
  ];
  return [
    `    ${name})`,
    `      _arguments -S $globals ${specifications.map((each) => `\\\n        ${each} `).join('')}&& result=0`,
    ...wordsAfter.flatMap(([word, choices]) => [
      `      if [[ $state == after && $line[1] == ${word} && $CURRENT -eq 3 ]]; then`,
      '        local -a following=(',
      ...choices.map((each) => `          ${choice(each)}`),
      '        )',
      `        _describe -t words ${word} following && result=0`,
      '      fi',
    ]),
    '      ;;',
  ].join('\n');
};

const specification = ({
  description,
  flag,
  isOptional,
  value,
  values,
}: CompletedOption): string => {
  const explained = `[${description.replaceAll(/[[\]\\:]/g, '\\$&')}]`;
  if (value === undefined) return quoted(`${flag}${explained}`);
  // `=-` has the value in the same word, and a second colon makes it optional.
  const [equals, colon] = isOptional ? ['=-', '::'] : ['=', ':'];
  return quoted(`${flag}${equals}${explained}${colon}${value}:${action(values)}`);
};

const action = (completed: Completed): string => {
  switch (completed.type) {
    case 'files':
      return '_files';
    case 'choices':
      return `((${completed.choices
        .map(([word, meaning]) => `${word}\\:"${meaning.replaceAll(/["\\$`]/g, '\\$&')}"`)
        .join(' ')}))`;
    case 'unknown':
      return ' ';
    default:
      return completed satisfies never;
  }
};

const choice = ([word, meaning]: Choice): string =>
  quoted(`${word.replaceAll(':', '\\:')}:${meaning}`);

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
