import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { HostKeySource } from './connection.ts';
import { shellWord } from './openssh-command.ts';

/**
 * Trusts the key that the user's own known_hosts file has for a host, and refuses another one of
 * the same type. What the file doesn't know is left to `otherwise`.
 *
 * The format is that of sshd(8), SSH_KNOWN_HOSTS FILE FORMAT, without patterns and certificates.
 * The source rejects with the file system's error if the file is there and can't be read.
 */
export const knownToUser =
  (
    file: string,
    { host, port }: { readonly host: string; readonly port: number },
    otherwise: HostKeySource,
  ): HostKeySource =>
  async (offered, signal) => {
    const name = (port === 22 ? host : `[${host}]:${port}`).toLowerCase();
    const keys = (await readLines(file)).flatMap((line) => keyFor(line, name));
    if (keys.some(({ revoked, line }) => revoked && line === offered.line)) {
      return {
        trusted: false,
        reason: `the host key ${offered.fingerprint} is marked as revoked in ${file}`,
        hint: 'find out who answers there: the key must not be used any more',
      };
    }
    const valid = keys.filter(({ revoked }) => !revoked);
    if (valid.some(({ line }) => line === offered.line)) return { trusted: true, verified: true };
    if (valid.some(({ line }) => line.startsWith(`${offered.type} `))) {
      return {
        trusted: false,
        reason: `it offers ${offered.type} ${offered.fingerprint}, and ${file} has another key for ${name}`,
        hint: `somebody may be in between, so nothing was sent. If the machine was replaced: ssh-keygen -R ${shellWord(name)} -f ${shellWord(file)}`,
      };
    }
    return otherwise(offered, signal);
  };

const readLines = async (file: string): Promise<string[]> => {
  try {
    return (await readFile(file, 'utf8')).split('\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};

type KnownKey = { readonly revoked: boolean; readonly line: string };

const keyFor = (line: string, name: string): KnownKey[] => {
  const fields = line.trim().split(/\s+/);
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
  const [names = '', type, key] = fields;
  if (type === undefined || key === undefined || marker === '@cert-authority') return [];
  if (!names.split(',').some((each) => isName(each, name))) return [];
  return [{ revoked: marker === '@revoked', line: `${type} ${key}` }];
};

/** `HashKnownHosts` keeps a salted digest of the name. */
const isName = (written: string, name: string): boolean => {
  const [, salt, digest] = /^\|1\|([^|]+)\|([^|]+)$/.exec(written) ?? [];
  if (salt === undefined || digest === undefined) return written.toLowerCase() === name;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === digest;
};
