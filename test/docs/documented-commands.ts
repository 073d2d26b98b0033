import { blocksOf, type Page, proseOf } from './pages.ts';

/** A command line of spot-tui that a page shows. */
export type DocumentedCommand = {
  readonly page: string;
  /** As it is written there, without its comment. */
  readonly line: string;
  /** What follows the program's name, with something in the place of placeholders. */
  readonly words: readonly string[];
};

/** Languages of blocks in which people type, or CI does. */
export const typed: ReadonlySet<string> = new Set([
  'sh',
  'bash',
  'shell',
  'console',
  'yaml',
  'yml',
]);

/** How the program is called in the pages. */
const program = /^(?:[A-Z][A-Z0-9_]*=\S* )*(?:npm start --|(?:npx )?spot-tui(?:@\S+)?)(?= |$)/;

/** What stands for a word of one's own, and a word that it may stand for. */
const placeholders: readonly (readonly [RegExp, string])[] = [
  [/^\[.*\]$/, ''],
  [/^<.*>$/, 'us-west-2-1'],
  [/^NODE$/, 'us-west-2-1'],
  [/^COMMAND$/, 'create'],
  [/^TOPIC$/, 'ssh'],
  [/^…$/, ''],
];

/** Every command line of spot-tui in the page: in blocks of code, and in code within a line. */
export const documentedCommands = (page: Page): readonly DocumentedCommand[] => {
  const blocks = blocksOf(page).filter(({ language }) => typed.has(language));
  const typedLines = blocks.flatMap(({ lines }) =>
    lines
      .join('\n')
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .flatMap(simpleCommands),
  );
  const inline = [...proseOf(page).matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) =>
    /^(?:spot-tui|npm start --) /.test(code) ? [code] : [],
  );
  return [...typedLines, ...inline].flatMap((line) => {
    const [call] = program.exec(line) ?? [];
    if (call === undefined) return [];
    return [{ page: page.path, line, words: replaced(wordsOf(line.slice(call.length))) }];
  });
};

/**
 * The commands that a line is made of: between prompts, keys of YAML, `&&`, pipes, redirections,
 * substitutions and comments.
 */
const simpleCommands = (line: string): string[] => {
  const typedLine = line.replace(/^\s*(?:- )?(?:run: )?(?:\$ )?/, '').replace(/(?:^|\s+)#.*$/, '');
  const substituted = [...typedLine.matchAll(/[$<]\(([^()]*)\)/g)].map(([, inner = '']) => inner);
  return [...substituted, typedLine.replaceAll(/[$<]\([^()]*\)/g, '')]
    .flatMap((command) => command.split(/\s+(?:&&|\|\|?|;)\s+/))
    .map((command) => command.replace(/\s+(?:&|[12])?>{1,2}\s*\S+.*$/, '').trim());
};

const wordsOf = (text: string): string[] =>
  [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );

const replaced = (words: readonly string[]): string[] =>
  words
    .map((word) => placeholders.find(([pattern]) => pattern.test(word))?.[1] ?? word)
    .filter((word) => word !== '');
