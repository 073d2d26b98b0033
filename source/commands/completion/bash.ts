import type { Completed, CompletedOption, CompletedProgram } from './completed-commands.ts';

/**
 * The completion for bash 3.2 and later, which needs nothing else: neither the package
 * bash-completion nor `compopt`. Bash shows no descriptions.
 *
 * Bash splits a word at `=`, so that `--sandbox=fast` arrives as three.
 */
export const bashCompletion = (program: CompletedProgram): string => {
  const { commands, globals, takeNextWord, withoutCommand } = program;
  const flags = (options: readonly CompletedOption[]): string =>
    options.flatMap(spellings).join(' ');
  const allOptions = new Map(
    [...globals, ...withoutCommand, ...commands.flatMap(({ options }) => options)].map((option) => [
      option.flag,
      option,
    ]),
  );
  const valued = [...allOptions.values()].filter(({ value }) => value !== undefined);
  return `# Completion of spot-tui for bash. Written by \`spot-tui completion bash\`.

_spot_tui_offer() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$@" 2>/dev/null)
}

_spot_tui_offer_files() {
  _spot_tui_offer -f -- "$1"
  compopt -o filenames 2>/dev/null
}

# Where bash does not split at =, the flag is part of the word that is completed.
_spot_tui_prefix() {
  [ -n "$1" ] && COMPREPLY=("\${COMPREPLY[@]/#/$1}")
}

_spot_tui() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous='' before='' prefix='' command='' first='' word
  local -i at=1
  COMPREPLY=()
  [ "$COMP_CWORD" -gt 0 ] && previous="\${COMP_WORDS[COMP_CWORD-1]}"
  [ "$COMP_CWORD" -gt 1 ] && before="\${COMP_WORDS[COMP_CWORD-2]}"
  if [ "$current" = '=' ]; then
    current='' previous="$previous="
  elif [ "$previous" = '=' ]; then
    previous="$before="
  elif [[ "$current" = --*=* ]]; then
    previous="\${current%%=*}=" prefix="\${current%%=*}=" current="\${current#*=}"
  fi

  while [ "$at" -lt "$COMP_CWORD" ]; do
    word="\${COMP_WORDS[at]}"
    case "$word" in
      --) return ;;
      ${takeNextWord.join(' | ')})
        if [ "\${COMP_WORDS[at+1]-}" = = ]; then at+=2; else at+=1; fi ;;
      -*) if [ "\${COMP_WORDS[at+1]-}" = = ]; then at+=2; fi ;;
      *) if [ -z "$command" ]; then command="$word"; elif [ -z "$first" ]; then first="$word"; fi ;;
    esac
    at+=1
  done

  case "$previous" in
${valued.map(valueCase).join('\n')}
  esac

  if [[ "$current" = -* ]]; then
    local flags='${flags(globals)} -h'
    case "$command" in
      '') flags+=' ${flags(withoutCommand)}' ;;
${commands
  .filter(({ options }) => options.length > 0)
  .map(({ name, options }) => `      ${name}) flags+=' ${flags(options)}' ;;`)
  .join('\n')}
    esac
    _spot_tui_offer -W "$flags" -- "$current"
    return
  fi

  case "$command $first" in
    ' ') _spot_tui_offer -W '${commands.map(({ name }) => name).join(' ')}' -- "$current" ;;
${commands
  .flatMap(({ name, words, wordsAfter }) => [
    ...(words.type === 'unknown' ? [] : [`    '${name} ') ${offer(words)} ;;`]),
    ...wordsAfter.map(
      ([word, choices]) => `    '${name} ${word}') ${offer({ type: 'choices', choices })} ;;`,
    ),
  ])
  .join('\n')}
  esac
}

complete -F _spot_tui spot-tui
`;
};

const spellings = ({ flag, isOptional, values }: CompletedOption): string[] => [
  flag,
  ...(isOptional && values.type === 'choices'
    ? values.choices.map(([word]) => `${flag}=${word}`)
    : []),
];

/** What a value is completed with; with one that nobody knows, nothing. */
const valueCase = ({ flag, isOptional, values }: CompletedOption): string => {
  const pattern = isOptional ? `${flag}=` : `${flag} | ${flag}=`;
  switch (values.type) {
    case 'unknown':
      return `    ${pattern}) return ;;`;
    case 'choices':
    case 'files':
      return `    ${pattern}) ${offer(values)}; _spot_tui_prefix "$prefix"; return ;;`;
    default:
      return values satisfies never;
  }
};

const offer = (completed: Exclude<Completed, { type: 'unknown' }>): string =>
  completed.type === 'files'
    ? '_spot_tui_offer_files "$current"'
    : `_spot_tui_offer -W '${completed.choices.map(([word]) => word).join(' ')}' -- "$current"`;
