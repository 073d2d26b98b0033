/** A command of a unit, such as `ExecStart=-/bin/true`. */
export type ExecLine = {
  readonly words: readonly string[];
  /** `-`: a failure counts as success. */
  readonly ignoreFailure: boolean;
  /** `+` and `!`: as root, whatever `User=` says. */
  readonly privileged: boolean;
  /** `:`: variables stay as they are. */
  readonly literal: boolean;
};

/**
 * Parses a command line of a unit (systemd.service(5), "COMMAND LINES"). Several commands apart by
 * ` ; ` are several lines.
 *
 * @throws Error saying what is wrong with it.
 */
export const parseExecLines = (text: string): ExecLine[] => {
  const lines: ExecLine[] = [];
  let words: string[] = [];
  const finish = (): void => {
    const [first, ...rest] = words;
    if (first === undefined) return;
    const [prefix = '', program = ''] = /^([-@:+!|]*)(.*)$/s.exec(first)?.slice(1) ?? [];
    if (program === '') throw new Error(`no program in "${text}"`);
    // With `@` the second word is what the program is told that it is called: of no effect here.
    lines.push({
      words: [program, ...(prefix.includes('@') ? rest.slice(1) : rest)],
      ignoreFailure: prefix.includes('-'),
      privileged: /[+!]/.test(prefix),
      literal: prefix.includes(':'),
    });
    words = [];
  };
  for (const word of splitWords(text)) {
    if (word.text === ';' && !word.quoted) finish();
    else words.push(word.text === '\\;' && !word.quoted ? ';' : word.text);
  }
  finish();
  return lines;
};

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/**
 * Splits as systemd does: quotes hold a word together, backslashes escape.
 *
 * @throws Error for a quote that is not closed.
 */
export const splitWords = (text: string): { text: string; quoted: boolean }[] => {
  const words: { text: string; quoted: boolean }[] = [];
  let at = 0;
  while (at < text.length) {
    while (/\s/.test(text.charAt(at))) at += 1;
    if (at >= text.length) break;
    let word = '';
    let quoted = false;
    while (at < text.length && !/\s/.test(text.charAt(at))) {
      const character = text.charAt(at);
      if (character === '"' || character === "'") {
        quoted = true;
        const end = closingQuote(text, at);
        word += unescapeWord(text.slice(at + 1, end));
        at = end + 1;
      } else if (character === '\\' && at + 1 < text.length) {
        const found = /^\\(?:x[0-9a-fA-F]{2}|[\s\S])/.exec(text.slice(at))?.[0] ?? '\\';
        word += found === '\\;' ? found : unescapeWord(found);
        at += found.length;
      } else {
        word += character;
        at += 1;
      }
    }
    words.push({ text: word, quoted });
  }
  return words;
};

const closingQuote = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === text.charAt(start)) return at;
  }
  throw new Error(`unbalanced quotes in "${text}"`);
};

const unescapeWord = (text: string): string =>
  text.replace(/\\(x[0-9a-fA-F]{2}|[\s\S])/g, (whole, code: string) =>
    code.length > 1
      ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
      : (escapes[code] ?? whole),
  );

/**
 * Puts the values of variables in: `${NAME}` as part of a word, `$NAME` as a word of its own that is
 * split at spaces, `$$` for a dollar.
 */
export const expandVariables = (
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): string[] =>
  words.flatMap((word) => {
    const alone = /^\$([A-Za-z_]\w*)$/.exec(word)?.[1];
    if (alone !== undefined) {
      return (environment[alone] ?? '').split(/\s+/).filter((part) => part !== '');
    }
    return [
      word.replace(/\$\$|\$\{([A-Za-z_]\w*)\}/g, (_, name: string | undefined) =>
        name === undefined ? '$' : (environment[name] ?? ''),
      ),
    ];
  });
