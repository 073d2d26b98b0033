/** The words of a command line for a POSIX shell, quotes taken away; expands nothing. */
export const shellWords = (line: string): string[] => {
  const words: string[] = [];
  const pattern = /'([^']*)'|\\(.)|([^\s'\\]+)|(\s+)/gs;
  let word: string | undefined;
  for (const [, quoted, escaped, plain, blank] of line.matchAll(pattern)) {
    if (blank === undefined) {
      word = (word ?? '') + (quoted ?? escaped ?? plain ?? '');
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
};
