import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

/**
 * The scripts that the product ships: the only ones that run on nodes without walls, because they
 * are known to keep to the root prefix.
 */
export class ShippedScripts {
  readonly #texts: ReadonlySet<string>;
  readonly #commands: ReadonlySet<string>;

  private constructor(texts: ReadonlySet<string>, commands: ReadonlySet<string>) {
    this.#texts = texts;
    this.#commands = commands;
  }

  static async read(templatesFolder: string): Promise<ShippedScripts> {
    const texts = new Set<string>();
    for (const entry of await readdir(templatesFolder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.sh')) continue;
      texts.add(condensed(await readFile(path.join(entry.parentPath, entry.name), 'utf8')));
    }
    const userData = await readFile(path.join(templatesFolder, 'cloud-init.yaml'), 'utf8').catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      },
    );
    const config: unknown = parse(userData, { logLevel: 'silent' });
    const commands =
      typeof config === 'object' && config !== null && 'runcmd' in config ? config.runcmd : [];
    return new ShippedScripts(
      texts,
      new Set(Array.isArray(commands) ? commands.map((command) => String(command).trim()) : []),
    );
  }

  /** Whether a text is that of a script that the product ships. */
  has(text: string): boolean {
    return this.#texts.has(condensed(text));
  }

  /** Whether a command is one of those in the product's own user data. */
  hasCommand(command: string): boolean {
    return this.#commands.has(command.trim());
  }
}

/** The user data leaves comments, indentation and empty lines out, for its size. */
const condensed = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !/^#(?!!)/.test(line))
    .join('\n');
