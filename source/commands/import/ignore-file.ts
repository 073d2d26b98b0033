/**
 * A `.gitignore` that keeps git from the secrets.
 *
 * @param secrets Paths in the folder.
 * @param existing What the folder's own says so far.
 * @returns Undefined where nothing is to be said.
 */
export const ignoreFile = (
  secrets: readonly string[],
  existing: string | undefined,
): string | undefined => {
  const lines = secrets.map((secret) => `/${secret.replaceAll(/[\\*?[\]!#\s]/g, '\\$&')}`);
  const known = new Set(existing?.split(/\r?\n/));
  const missing = lines.filter((line) => !known.has(line));
  if (missing.length === 0) return undefined;
  const begin = existing === undefined || existing === '' ? '' : `${existing.trimEnd()}\n\n`;
  return `${begin}# Secrets: nodes get them, a repository does not.\n${missing.join('\n')}\n`;
};
