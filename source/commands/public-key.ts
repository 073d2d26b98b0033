import { readFile } from 'node:fs/promises';
import type { Config } from '../config/config.ts';

/** The configured public key as one line; undefined where EC2 has the only copy. */
export const readPublicKey = async ({ ssh }: Config): Promise<string | undefined> =>
  ssh.publicKeyPath === undefined
    ? undefined
    : (await readFile(ssh.publicKeyPath, 'utf8')).trim().split('\n', 1)[0];
