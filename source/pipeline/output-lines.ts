import { cleanText } from '../ssh/clean-text.ts';

/** The last lines of a command's output that say something, oldest first, safe for a terminal. */
export const lastLines = (output: string, count = 10): string[] =>
  output
    .split('\n')
    .map((line) => cleanText(line).trimEnd())
    .filter((line) => line !== '')
    .slice(-count);
