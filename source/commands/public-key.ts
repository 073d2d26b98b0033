import { readFile } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { describeReadFailure } from '../config/read-failure.ts';
import { UsageError } from './exit-status.ts';

/**
 * The configured public key as one line; undefined where EC2 has the only copy.
 *
 * @throws UsageError when it can't be read.
 */
export const readPublicKey = async ({ ssh }: Config): Promise<string | undefined> => {
  const { publicKeyPath } = ssh;
  if (publicKeyPath === undefined) return undefined;
  const text = await readFile(publicKeyPath, 'utf8').catch((error: unknown) => {
    throw new UsageError(
      `the public key ${publicKeyPath} can't be read: ${describeReadFailure(error)}`,
      'New nodes get it: correct public_ssh_key_path in the configuration.',
    );
  });
  return text.split(/\r?\n/).find((line) => line.trim() !== '' && !line.startsWith('#'));
};
