import type { ParsedArguments } from './parse-arguments.ts';

/**
 * What a command line of one word asks for, where that is as plain as that: the same as
 * `parseArguments` understands, without loading a parser and all commands' options.
 */
export const plainQuestion = (argv: readonly string[]): ParsedArguments | undefined => {
  if (argv.length !== 1) return undefined;
  switch (argv[0]) {
    case '--version':
      return { type: 'version' };
    case '--help':
    case '-h':
    case 'help':
      return { type: 'help' };
    default:
      return undefined;
  }
};
