/**
 * A page with the part between its two comments written anew.
 *
 * @param name Names the part in the comments.
 * @throws Error when the page has no such part
 */
export const withGenerated = (page: string, name: string, lines: readonly string[]): string => {
  const begin = `<!-- ${name}: written by \`npm run docs\` -->`;
  const end = `<!-- end of ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to === -1) throw new Error(`there is no part from ${begin} to ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${lines.join('\n').trim()}\n\n${page.slice(to)}`;
};
