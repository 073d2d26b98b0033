import { readFile, stat } from 'node:fs/promises';
import { describeReadFailure } from './read-failure.ts';

/** What ImportKeyPair takes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html */
const importableTypes = ['ssh-ed25519', 'ssh-rsa'];

/**
 * Says what is wrong with a file that should hold one public key as OpenSSH writes it; undefined if
 * nothing is.
 *
 * @param toImport Whether EC2 is going to get it, which takes RSA and ED25519 only.
 */
export const checkPublicKey = async (
  file: string,
  toImport: boolean,
): Promise<string | undefined> => {
  const read = await readKey(file);
  if ('trouble' in read) return read.trouble;
  if (isPrivateKey(read.text)) {
    return `expected a public key, but ${file} holds a private one; name the file that ends in .pub`;
  }
  const type = publicKeyType(read.text);
  if (type === undefined) {
    return `expected one line such as "ssh-ed25519 AAAA… name" in ${file}, it is no public key of OpenSSH`;
  }
  return !toImport || importableTypes.includes(type)
    ? undefined
    : `EC2 takes no ${type} key, only ${importableTypes.join(' and ')}: ${file}; make one with \`ssh-keygen -t ed25519\``;
};

/** Says what is wrong with a file that should hold a private key; undefined if nothing is. */
export const checkPrivateKey = async (file: string): Promise<string | undefined> => {
  const read = await readKey(file);
  if ('trouble' in read) return read.trouble;
  if (isPrivateKey(read.text)) {
    return read.isExposed
      ? `others may read ${file}, so that ssh refuses it; run \`chmod 600\` on it`
      : undefined;
  }
  return publicKeyType(read.text) === undefined
    ? `expected a private key such as ssh-keygen makes, ${file} holds none`
    : `expected a private key, but ${file} holds a public one; name the file without .pub`;
};

type Key = {
  readonly text: string;
  /** Whether OpenSSH's client would refuse it for its permissions. */
  readonly isExposed: boolean;
};

const readKey = async (file: string): Promise<Key | { readonly trouble: string }> => {
  try {
    const stats = await stat(file);
    if (!stats.isFile()) return { trouble: `expected a file, but ${file} is none` };
    const text = await readFile(file, 'latin1');
    return { text, isExposed: stats.uid === process.getuid?.() && (stats.mode & 0o077) !== 0 };
  } catch (error) {
    return {
      trouble: `can't use the key ${file}: ${describeReadFailure(error)}; make one with \`ssh-keygen -t ed25519\``,
    };
  }
};

const isPrivateKey = (text: string): boolean =>
  /^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(text) || text.startsWith('PuTTY-User-Key-File-');

/** The type that both the line and the blob in it name (RFC 4253, section 6.6). */
const publicKeyType = (text: string): string | undefined => {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const [type, blob] = lines.length === 1 ? (lines[0] ?? '').trim().split(/\s+/) : [];
  if (type === undefined || blob === undefined) return undefined;
  const bytes = Buffer.from(blob, 'base64');
  if (bytes.length < 4) return undefined;
  return bytes.toString('latin1', 4, 4 + bytes.readUInt32BE(0)) === type ? type : undefined;
};
