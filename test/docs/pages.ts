import { readdir, readFile } from 'node:fs/promises';

/** A page of the documentation. */
export type Page = {
  /** Within the project, such as `docs/ci.md`. */
  readonly path: string;
  readonly text: string;
};

export const projectFolder = new URL('../../', import.meta.url);

/** Pages at the top of the project. */
const topPages = ['readme.md', 'contributing.md', 'security.md', 'changelog.md'];

/** The pages at the top, and everything in docs/. */
export const readPages = async (): Promise<readonly Page[]> => {
  const names = (await readdir(new URL('docs/', projectFolder)))
    .filter((name) => name.endsWith('.md'))
    .sort();
  return Promise.all(
    [...topPages, ...names.map((name) => `docs/${name}`)].map(async (path) => ({
      path,
      text: await readFile(new URL(path, projectFolder), 'utf8'),
    })),
  );
};

/** A fenced block of code with the language that it names. */
export type Block = { readonly language: string; readonly lines: readonly string[] };

export const blocksOf = ({ text }: Page): readonly Block[] =>
  [...text.matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms)].map(([, , language = '', code = '']) => ({
    language,
    lines: code.split('\n'),
  }));

/** The page without its blocks of code. */
export const proseOf = ({ text }: Page): string => text.replaceAll(/^( *)```.*?^\1```$/gms, '');
