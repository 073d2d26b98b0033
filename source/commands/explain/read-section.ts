import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { marked, type Token, type Tokens } from 'marked';
import { type Topic, topics } from '../../events/topic.ts';

/** A section of the page about trouble, without its heading. */
export type Section = { readonly title: string; readonly content: readonly Token[] };

/** Absolute path of the folder of the documentation that is installed along with the program. */
export const docsFolder = (programFolder: string): string => path.join(programFolder, '..', 'docs');

/**
 * @throws Error where the page can't be read, or has no such section: a broken installation.
 */
export const readSection = async (programFolder: string, topic: Topic): Promise<Section> => {
  const page = path.join(docsFolder(programFolder), 'troubleshooting.md');
  const title = topics[topic];
  const tokens = marked.lexer(await readFile(page, 'utf8'));
  const begin = tokens.findIndex((token) => isHeading(token) && token.text === title);
  if (begin === -1) throw new Error(`${page} has no section "${title}"`);
  const content = tokens.slice(begin + 1);
  const end = content.findIndex(isHeading);
  return { title, content: end === -1 ? content : content.slice(0, end) };
};

const isHeading = (token: Token): token is Tokens.Heading =>
  token.type === 'heading' && token.depth === 2;
