import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A text that must not be seen, by the name under which it may be spoken of. */
export type Secret = { readonly name: string; readonly text: string };

/** Text from somewhere where others can read it. */
export type Exposed = { readonly where: string; readonly text: string };

/** Finds secrets, as they are and in base64. */
export const findSecrets = (secrets: readonly Secret[], exposed: readonly Exposed[]): string[] =>
  secrets.flatMap(({ name, text: secret }) => {
    // Base64 of a longer text has one of three forms, by where in it the secret begins.
    const forms = [0, 1, 2].map((shift) => {
      const encoded = Buffer.from(`${' '.repeat(shift)}${secret}`).toString('base64');
      return encoded.slice(shift === 0 ? 0 : shift + 1, -4);
    });
    return exposed
      .filter(({ text }) => [secret, ...forms].some((form) => text.includes(form)))
      .map(({ where }) => `secret: ${name} is in ${where}`);
  });

/** All that the program wrote into a folder, recordings unpacked. */
export const filesBelow = async (folder: string): Promise<Exposed[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = path.join(entry.parentPath, entry.name);
        const content = await readFile(file);
        const text = file.endsWith('.gz') ? gunzipSync(content) : content;
        return { where: path.relative(folder, file), text: text.toString('latin1') };
      }),
  );
};
