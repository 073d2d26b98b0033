import { createHash } from 'node:crypto';
import type { HostKey } from './connection.ts';

/**
 * Describes a public key in its wire format (RFC 4253 section 6.6: a length-prefixed type name
 * first) the way OpenSSH prints it.
 */
export const describeHostKey = (key: Buffer): HostKey => {
  const type = key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
  const digest = createHash('sha256').update(key).digest('base64').replace(/=+$/, '');

  return {
    type,
    fingerprint: `SHA256:${digest}`,
    line: `${type} ${key.toString('base64')}`,
  };
};
