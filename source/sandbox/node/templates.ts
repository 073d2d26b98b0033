import { access } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of the product's templates, above this file: in the sources as in the bundle.
 *
 * @throws Error where the program was installed without them.
 */
export const findTemplates = async (): Promise<string> => {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = path.join(folder, 'templates');
    try {
      await access(path.join(candidate, 'sandbox', 'call'));
      return candidate;
    } catch {
      // Looked for one folder further up.
    }
    const parent = path.dirname(folder);
    if (parent === folder) {
      throw new Error('templates/sandbox is missing: the program was not installed completely');
    }
    folder = parent;
  }
};
