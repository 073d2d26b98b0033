import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';

const { utils } = ssh2;

/** What a file that should hold a private key turned out to be. */
export type PrivateKeyReading =
  | {
      readonly type: 'key';
      /** Free of encryption, in a format that ssh2 reads in microseconds. */
      readonly privateKey: string;
      /** The same as ssh2 reads it. */
      readonly parsed: ParsedKey;
      /** As in a `.pub` file, without comment. */
      readonly publicKey: string;
    }
  | {
      readonly type: 'encrypted';
      /** As in a `.pub` file; absent where the format encrypts that too. */
      readonly publicKey?: string;
    }
  | { readonly type: 'wrong-passphrase' }
  | { readonly type: 'public' }
  | { readonly type: 'unusable'; readonly reason: string };

/**
 * Reads a private key in OpenSSH's, PEM (PKCS#1, SEC1), PKCS#8 or PuTTY's format. Deriving a key
 * from a passphrase takes a quarter of a second or more, in which the event loop stands still.
 */
export const readPrivateKey = (content: Buffer, passphrase?: string): PrivateKeyReading => {
  const reading = isPkcs8(content)
    ? readPkcs8(content, passphrase)
    : readOthers(content, passphrase);
  if (reading.type !== 'unusable' || passphrase === undefined) return reading;

  // What a wrong passphrase gives depends on the format, and on luck.
  return { type: 'wrong-passphrase' };
};

const isPkcs8 = (content: Buffer): boolean =>
  /^-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/m.test(content.toString('latin1'));

/** ssh2 does not read this format, Node does. */
const readPkcs8 = (content: Buffer, passphrase?: string): PrivateKeyReading => {
  if (passphrase === undefined && content.includes('ENCRYPTED')) return { type: 'encrypted' };

  try {
    return portable(
      createPrivateKey(passphrase === undefined ? content : { key: content, passphrase }),
    );
  } catch (error) {
    return { type: 'unusable', reason: messageOf(error) };
  }
};

const readOthers = (content: Buffer, passphrase?: string): PrivateKeyReading => {
  const parsed = utils.parseKey(content, passphrase);
  if (parsed instanceof Error) {
    if (!/no passphrase given/.test(parsed.message)) {
      return { type: 'unusable', reason: parsed.message };
    }
    const publicKey = publicPart(content);
    return publicKey === undefined ? { type: 'encrypted' } : { type: 'encrypted', publicKey };
  }
  if (!parsed.isPrivateKey()) return { type: 'public' };
  if (parsed.type === 'ssh-dss') return unsupported('DSA');

  try {
    return portable(createPrivateKey(parsed.getPrivatePEM()));
  } catch (error) {
    return { type: 'unusable', reason: messageOf(error) };
  }
};

const portable = (key: KeyObject): PrivateKeyReading => {
  const privateKey = serialize(key);
  if (privateKey === undefined) return unsupported(key.asymmetricKeyType ?? 'unknown');

  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error) return { type: 'unusable', reason: parsed.message };
  return { type: 'key', privateKey, parsed, publicKey: publicLine(parsed) };
};

const unsupported = (type: string): PrivateKeyReading => ({
  type: 'unusable',
  reason: `keys of type ${type} are not supported, only Ed25519, ECDSA and RSA`,
});

const serialize = (key: KeyObject): string | undefined => {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return String(key.export({ type: 'pkcs1', format: 'pem' }));
    case 'ec':
      return String(key.export({ type: 'sec1', format: 'pem' }));
    case 'ed25519':
      return serializeEd25519(key);
    default:
      return undefined;
  }
};

/**
 * OpenSSH's own format is the only one in which ssh2 reads Ed25519 keys.
 * https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 */
const serializeEd25519 = (key: KeyObject): string => {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  const secret = Buffer.from(d, 'base64url');
  const point = Buffer.from(x, 'base64url');
  const type = field('ssh-ed25519');
  const check = randomBytes(4);

  const section = Buffer.concat([
    check,
    check,
    type,
    field(point),
    field(Buffer.concat([secret, point])),
    field(''),
  ]);
  const padding = Buffer.from(Array.from({ length: -section.length & 7 }, (_, index) => index + 1));
  const data = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    Buffer.from([0, 0, 0, 1]),
    field(Buffer.concat([type, field(point)])),
    field(Buffer.concat([section, padding])),
  ]);
  const body = data.toString('base64').replace(/.{70}/g, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
};

const field = (content: string | Buffer): Buffer => {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** OpenSSH's format has the public key in the clear, even where the private one is encrypted. */
const publicPart = (content: Buffer): string | undefined => {
  const armoured =
    /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+)-----END OPENSSH PRIVATE KEY-----/.exec(
      content.toString('latin1'),
    )?.[1];
  if (armoured === undefined) return undefined;

  const data = Buffer.from(armoured, 'base64');
  let position = 'openssh-key-v1\0'.length;
  const next = (): Buffer => {
    const start = position + 4;
    position = start + data.readUInt32BE(position);
    return data.subarray(start, position);
  };
  try {
    next(); // cipher
    next(); // key derivation function
    next(); // its options
    position += 4; // number of keys
    const parsed = utils.parseKey(next());
    return parsed instanceof Error ? undefined : publicLine(parsed);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

const publicLine = (key: ParsedKey): string =>
  `${key.type} ${key.getPublicSSH().toString('base64')}`;

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
