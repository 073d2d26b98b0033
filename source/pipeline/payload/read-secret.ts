import { readFile, stat } from 'node:fs/promises';
import { describeReadFailure } from '../../config/read-failure.ts';
import type { SecretReference, StoredSecret } from '../../config/secret-reference.ts';
import { SecretError } from './secret-error.ts';

export type SecretSources = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks AWS for what it keeps. */
  readonly readStored: (secret: StoredSecret, signal: AbortSignal) => Promise<string>;
};

export type ReadSecret = {
  readonly content: Buffer;
  /** What should be otherwise, such as that others may read its file. */
  readonly warning?: string;
};

/** More is no secret, but a file that was named by mistake. */
const maximumBytes = 1024 * 1024;

/**
 * Looks up what a reference stands for.
 *
 * @throws SecretError, and the errors of `readStored`.
 */
export const readSecret = async (
  reference: SecretReference,
  sources: SecretSources,
  signal: AbortSignal,
): Promise<ReadSecret> => {
  const read = await readFrom(reference, sources, signal);
  if (read.content.toString('latin1').trim() === '') {
    throw new SecretError(
      `there is nothing in ${reference.written}`,
      'Put the secret there, or take it out of the configuration.',
    );
  }
  return read;
};

const readFrom = async (
  reference: SecretReference,
  { environment, readStored }: SecretSources,
  signal: AbortSignal,
): Promise<ReadSecret> => {
  switch (reference.type) {
    case 'file':
      return readSecretFile(reference.path, reference.written, signal);
    case 'env': {
      const value = environment[reference.variable];
      if (value !== undefined) return { content: Buffer.from(value) };
      throw new SecretError(
        `can't read ${reference.written}: ${reference.variable} is not set`,
        `Run it where ${reference.variable} is exported.`,
      );
    }
    case 'ssm':
    case 'secretsmanager':
      return { content: Buffer.from(await readStored(reference, signal)) };
    default:
      return reference satisfies never;
  }
};

const readSecretFile = async (
  file: string,
  written: string,
  signal: AbortSignal,
): Promise<ReadSecret> => {
  const refuse = (why: string) =>
    new SecretError(
      `can't read ${written}: ${why}`,
      `Put the secret into ${file}, readable by you.`,
    );
  try {
    const found = await stat(file);
    if (!found.isFile()) throw refuse('it is no file');
    if (found.size > maximumBytes) throw refuse('it is larger than 1 MiB');
    const content = await readFile(file, { signal });
    return found.uid === process.getuid?.() && (found.mode & 0o077) !== 0
      ? { content, warning: `others may read ${file}; run \`chmod 600\` on it` }
      : { content };
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof SecretError ? error : refuse(describeReadFailure(error));
  }
};
