import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';

/** A payload as it lies on a node: complete, with sums that match. */
export type ModelFiles = {
  /** SHA-256 of its manifest. */
  readonly digest: string;
  readonly content: ReadonlyMap<string, Buffer>;
  readonly services: readonly { readonly unit: string; readonly isStarted: boolean }[];
  /** As it came: `services.tsv`. */
  readonly table: string;
};

/**
 * Takes an uploaded archive apart.
 *
 * @returns The files, or what is wrong with them.
 */
export const readArchive = async (
  archive: Buffer,
  expected: string,
): Promise<ModelFiles | string> => {
  const content = new Map<string, Buffer>();
  try {
    for (const { data, header } of await unpackTar(gunzipSync(archive))) {
      if (data !== undefined) content.set(header.name, Buffer.from(data));
    }
  } catch (error) {
    return `the upload is not the archive that was sent: ${String(error)}`;
  }
  const manifest = content.get('manifest.sha256');
  if (manifest === undefined) return 'the upload ended early: manifest.sha256 is missing';
  const digest = sha256(manifest);
  if (digest !== expected) return 'manifest.sha256 arrived corrupt';
  for (const line of manifest.toString().split('\n').filter(Boolean)) {
    const [sum = '', name = ''] = line.split('  ');
    const file = content.get(name);
    if (file === undefined || sha256(file) !== sum) return `${name} arrived corrupt`;
  }
  const table = content.get('services.tsv')?.toString() ?? '';
  const services = table
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [unit = '', , action] = line.split('\t');
      return { unit, isStarted: action === 'start' };
    });
  return { digest, content, services, table };
};

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
