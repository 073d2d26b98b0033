import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { type Page, proseOf } from '../docs/pages.ts';

/** Something that a page lets its reader type into a shell, or a workflow run in one. */
export type Statement = {
  readonly page: string;
  /** As it is written, with something in the place of what stands for a word of one's own. */
  readonly text: string;
  /** Whether a sentence names it, a block shows it, or GitHub's runner is to run it. */
  readonly place: 'sentence' | 'block' | 'workflow';
  /** Files that the page shows before, and that it needs in its folder. */
  readonly files?: Readonly<Record<string, string>>;
};

/** Statements that need each other: a folder that one goes to is the folder of the next. */
export type Session = {
  readonly page: string;
  readonly title: string;
  readonly statements: readonly Statement[];
};

export type ShownStatements = {
  readonly sessions: readonly Session[];
  /** Those that need nothing but a fleet. */
  readonly single: readonly Statement[];
  /** Blocks that are no complete statements, with what the shell says. */
  readonly broken: readonly string[];
};

/** Languages of blocks in which people type. */
const typed = new Set(['sh', 'bash', 'shell', 'console']);

/** What leaves a folder or a shell other than it was. */
const lasting = /^\s*(?:alias|export|node|npm|npx)\s|(?:^|&& )cd\s|^\s*[A-Za-z_]\w*=\S*\s*$/m;

/** What stands for a word of one's own, and a word that it may stand for. */
const placeholders: readonly (readonly [RegExp, string])[] = [
  [/\bNAME\.service\b/g, 'bacalhau-startup.service'],
  [/(?<=docker logs )NAME\b/g, 'bacalhau-node'],
  [/(?<![\w-])NODE\b|<node>/g, 'us-west-2-1'],
  [/(?<=spot-tui )COMMAND\b/g, 'create'],
  [/(?<=spot-tui explain )TOPIC\b/g, 'ssh'],
  [/(?<=--from )PATH\b/g, '../aws-spot-deployer'],
  [/(?<=--config )FILE\b/g, 'config.yaml'],
];

/** All that the pages let their readers type. */
export const shownStatements = (pages: readonly Page[]): ShownStatements => {
  const found = pages.map(statementsOf);
  return {
    sessions: found.flatMap(({ sessions }) => sessions),
    single: found.flatMap(({ single }) => single),
    broken: found.flatMap(({ broken }) => broken),
  };
};

const statementsOf = (page: Page): ShownStatements => {
  const sessions: Session[] = [];
  const single: Statement[] = [];
  const broken: string[] = [];
  for (const section of sectionsOf(page)) {
    const [, title = ''] = /^##? (.*)/.exec(section) ?? [];
    const statements: Statement[] = [];
    let begins: number | undefined;
    let program = '';
    for (const [, , language = '', code = ''] of section.matchAll(
      /^( *)```(\w*)\n(.*?)^\1```$/gms,
    )) {
      if (language === 'yaml' || language === 'yml') {
        single.push(...workflowStatements(page.path, code));
      }
      if (/^m?[jt]s$/.test(language)) program = code;
      if (!typed.has(language)) continue;
      if (lasting.test(withoutComments(code))) begins ??= statements.length;
      const { lines, rest } = split(typedPart(language, code));
      for (const line of lines) {
        const [, file] = /\| node ([\w-]+\.m?[jt]s)\b/.exec(line) ?? [];
        statements.push({
          ...statement(page.path, line, 'block'),
          ...(file === undefined ? {} : { files: { [file]: program } }),
        });
      }
      if (rest !== '') broken.push(`${page.path}: ${rest}`);
    }
    single.push(...statements.slice(0, begins));
    if (begins !== undefined) {
      sessions.push({ page: page.path, title, statements: statements.slice(begins) });
    }
  }
  for (const [, code = ''] of proseOf(page).matchAll(/`([^`\n]+)`/g)) {
    if (/^(?:[A-Z]\w*=\S+ |eval "\$\()*spot-tui /.test(code)) {
      single.push(statement(page.path, code, 'sentence'));
    }
  }
  return { sessions, single, broken };
};

/** What is done in one go: a page that says so as a whole, of others each section by itself. */
const sectionsOf = ({ text }: Page): readonly string[] =>
  /\bin this order\b/.test(text) ? [text] : text.split(/^(?=##? )/m);

/** The statements of a script. */
export const statementsIn = (page: string, code: string): readonly Statement[] =>
  split(code).lines.map((text) => statement(page, text, 'block'));

const statement = (page: string, text: string, place: Statement['place']): Statement => ({
  page,
  text: placeholders.reduce((filled, [pattern, word]) => filled.replaceAll(pattern, word), text),
  place,
});

/** In a console what follows a prompt is typed, and all else is what came of it. */
const typedPart = (language: string, code: string): string =>
  language === 'console'
    ? [...code.matchAll(/^ *\$ (.*)$/gm)].map(([, line = '']) => line).join('\n')
    : code;

const withoutComments = (code: string): string => code.replaceAll(/(?:^|\s+)#.*$/gm, '');

/** The statements of a script, as many lines each as the shell needs to understand it. */
const split = (code: string): { readonly lines: readonly string[]; readonly rest: string } => {
  const lines: string[] = [];
  let rest = '';
  for (const line of code.split('\n')) {
    const text = rest === '' ? line : `${rest}\n${line}`;
    if (withoutComments(text).trim() === '') continue;
    if (complaint(text) === '') lines.push(text.trim());
    rest = complaint(text) === '' ? '' : text;
  }
  return { lines, rest: rest === '' ? '' : `${rest}: ${complaint(rest)}` };
};

/** What the shell says against a script; it may also be that it isn't complete. */
export const complaint = (code: string): string => {
  if (/\\$/.test(code)) return 'it goes on';
  const { status, stderr } = spawnSync('bash', ['-n'], { input: `${code}\n`, encoding: 'utf8' });
  return status === 0 ? stderr : stderr || `status ${status}`;
};

/** The scripts of a workflow's steps, and what the action is to run. */
const workflowStatements = (page: string, code: string): readonly Statement[] => {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    if ('run' in value && typeof value.run === 'string') found.push(value.run.trim());
    if ('uses' in value && typeof value.uses === 'string' && /\/spot-tui@/.test(value.uses)) {
      const inputs = 'with' in value ? (value.with as Record<string, string>) : {};
      found.push(`spot-tui ${inputs.command ?? 'create'} ${inputs.args ?? ''}`.trim());
    }
    for (const each of Object.values(value)) visit(each);
  };
  visit(parse(code, { logLevel: 'silent' }));
  return found.map((text) => statement(page, text, 'workflow'));
};
