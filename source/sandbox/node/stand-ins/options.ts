/** Options that a program takes, by long name. */
export type OptionTable = Readonly<
  Record<
    string,
    {
      /** One letter. */
      readonly short?: string;
      /** `optional`: only with `=`, or right behind the letter. */
      readonly value?: 'required' | 'optional';
    }
  >
>;

export type ParsedOptions = {
  /** Values by long name, in order; an option without one has the empty text. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
  /** What is wrong, as getopt(3) says it. */
  readonly problem?: string;
  has(name: string): boolean;
  last(name: string): string | undefined;
  all(name: string): readonly string[];
};

/**
 * Parses a command line as getopt_long(3) does.
 *
 * @param stopAtOperand Whether everything from the first operand on is one.
 */
export const parseOptions = (
  words: readonly string[],
  table: OptionTable,
  stopAtOperand = false,
): ParsedOptions => {
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  let problem: string | undefined;
  const add = (name: string, value: string): void => {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  };
  const names = Object.keys(table);
  let at = 0;
  while (at < words.length && problem === undefined) {
    const word = words[at] ?? '';
    at += 1;
    if (word === '--') {
      operands.push(...words.slice(at));
      break;
    }
    if (word.startsWith('--')) {
      const [given = '', value] = word.slice(2).split(/=(.*)/s);
      const matches = names.filter((name) => name.startsWith(given));
      const name = names.includes(given) ? given : matches.length === 1 ? matches[0] : undefined;
      if (name === undefined) {
        problem = `unrecognized option '--${given}'`;
      } else if (table[name]?.value === 'required' && value === undefined) {
        if (at >= words.length) problem = `option '--${name}' requires an argument`;
        else add(name, words[at] ?? '');
        at += 1;
      } else {
        add(name, value ?? '');
      }
    } else if (word.startsWith('-') && word !== '-') {
      for (let letter = 1; letter < word.length; letter += 1) {
        const short = word.charAt(letter);
        const name = names.find((candidate) => table[candidate]?.short === short);
        if (name === undefined) {
          problem = `invalid option -- '${short}'`;
          break;
        }
        const rest = word.slice(letter + 1);
        const kind = table[name]?.value;
        if (kind === undefined) {
          add(name, '');
          continue;
        }
        if (rest !== '' || kind === 'optional') {
          add(name, rest);
        } else if (at >= words.length) {
          problem = `option requires an argument -- '${short}'`;
        } else {
          add(name, words[at] ?? '');
          at += 1;
        }
        break;
      }
    } else {
      operands.push(word);
      if (stopAtOperand) {
        operands.push(...words.slice(at));
        break;
      }
    }
  }
  return {
    values,
    operands,
    ...(problem === undefined ? {} : { problem }),
    has: (name) => values.has(name),
    last: (name) => values.get(name)?.at(-1),
    all: (name) => values.get(name) ?? [],
  };
};
