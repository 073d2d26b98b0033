/**
 * Splits what our scripts print into sections: a line `@name` begins one. The last line of a
 * complete answer is `@end`.
 */
export const splitSections = (output: string): ReadonlyMap<string, readonly string[]> => {
  let current: string[] = [];
  const sections = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const name = /^@([a-z-]+)$/.exec(line)?.[1];
    if (name !== undefined) {
      current = [];
      sections.set(name, current);
    } else {
      current.push(line);
    }
  }
  for (const lines of sections.values()) {
    while (lines.at(-1) === '') lines.pop();
  }
  return sections;
};
