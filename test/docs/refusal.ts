import { parseArguments } from '../../source/commands/parse-arguments.ts';
import type { DocumentedCommand } from './documented-commands.ts';

/** What the program says against a command line; undefined when it takes it. */
export const refusal = ({ words }: Pick<DocumentedCommand, 'words'>): string | undefined => {
  try {
    parseArguments(words, import.meta);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
