/**
 * Words of a command line that is nothing but a program and its arguments; undefined for one that
 * takes a shell. A discarded standard error is allowed, and said so.
 */
export const parseSimpleCommand = (
  text: string,
): { readonly words: readonly string[]; readonly discardsErrors: boolean } | undefined => {
  const discarding = /\s+2>\s*\/dev\/null\s*$/.exec(text);
  const words: string[] = [];
  let rest = (discarding === null ? text : text.slice(0, discarding.index)).trim();
  while (rest !== '') {
    let word = '';
    while (rest !== '' && !/^[ \t]/.test(rest)) {
      const part = /^(?:'([^']*)'|"((?:[^"\\$`]|\\["\\$`])*)"|\\(.)|([\w@%+=:,./-]+))/s.exec(rest);
      if (part === null) return undefined;
      word += part[1] ?? part[2]?.replace(/\\(.)/gs, '$1') ?? part[3] ?? part[4] ?? '';
      rest = rest.slice(part[0].length);
    }
    words.push(word);
    rest = rest.replace(/^[ \t]+/, '');
  }
  return { words: withoutSudo(words), discardsErrors: discarding !== null };
};

/** sudo makes no difference where everybody is the same. */
const withoutSudo = (words: readonly string[]): readonly string[] => {
  if (words[0] !== 'sudo') return words;
  let at = 1;
  while (words[at]?.startsWith('-') === true) {
    const option = words[at] ?? '';
    at += /^-[ugC]$|^--(?:user|group)$/.test(option) ? 2 : 1;
    if (option === '--') break;
  }
  return words.slice(at);
};
