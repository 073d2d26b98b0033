import { createHash, generateKeyPairSync } from 'node:crypto';

/** A machine's SSH host key. */
export type HostKey = {
  /** PEM, as ssh2 takes it. */
  readonly privateKey: string;
  /** Type and base64 key, as in a `.pub` file without the comment. */
  readonly line: string;
  /** `SHA256:` and unpadded base64. */
  readonly fingerprint: string;
};

/** Makes an ed25519 key: takes a fraction of a millisecond. */
export const generateHostKey = (): HostKey => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const { d = '' } = privateKey.export({ format: 'jwk' });
  const point = Buffer.from(x, 'base64url');
  const publicBlob = Buffer.concat([sshString('ssh-ed25519'), sshString(point)]);
  return {
    privateKey: openSshPrivateKey(publicBlob, point, Buffer.from(d, 'base64url')),
    line: `ssh-ed25519 ${publicBlob.toString('base64')}`,
    fingerprint: fingerprintOf(publicBlob),
  };
};

/** The fingerprint of a public key as `ssh-keygen -l` prints it. */
export const fingerprintOf = (publicBlob: Buffer): string =>
  `SHA256:${createHash('sha256').update(publicBlob).digest('base64').replace(/=+$/, '')}`;

const sshString = (content: string | Buffer): Buffer => {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key, without encryption. */
const openSshPrivateKey = (publicBlob: Buffer, point: Buffer, seed: Buffer): string => {
  const check = Buffer.alloc(8);
  const secret = Buffer.concat([
    check,
    sshString('ssh-ed25519'),
    sshString(point),
    sshString(Buffer.concat([seed, point])),
    sshString(''),
  ]);
  const padding = Buffer.from(
    Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1),
  );
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    Buffer.from([0, 0, 0, 1]),
    sshString(publicBlob),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
};
