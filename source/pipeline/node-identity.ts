import { createHash } from 'node:crypto';

/** The names in it are instance ids. */
const instanceIds = 'b6e54a8c-3a0c-47b1-9d8e-5f1f8e3b7c42';

/**
 * A node's identity for what runs on it: a UUID that follows from the instance id alone, so that it
 * stays over reboots and pushes, and that another machine never has.
 */
export const nodeIdentity = (instanceId: string): string => nameBasedUuid(instanceIds, instanceId);

/**
 * A UUID of version 8 made of SHA-256, as in RFC 9562, appendix B.2: the first 16 bytes of the hash
 * of the namespace's 16 bytes and the name in UTF-8, with version and variant set (section 5.8).
 *
 * @param namespace A UUID.
 */
export const nameBasedUuid = (namespace: string, name: string): string => {
  const bytes = createHash('sha256')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};
