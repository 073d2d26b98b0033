import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { packTar } from 'modern-tar';
import type { Config } from '../../config/config.ts';
import { collectFiles } from './collect-files.ts';
import { composeStacksOf } from './compose-stacks.ts';
import { addComposeUnits } from './compose-units.ts';
import { containersOf } from './containers.ts';
import { archivePath, type PayloadFile } from './payload-file.ts';
import { payloadWarnings } from './payload-warnings.ts';
import { type PayloadService, servicesOf } from './services.ts';
import { addStartupUnits } from './startup-unit.ts';

/** What every node is sent: built once, shared by all. */
export type Payload = {
  /** gzip of a tar whose last entry is the manifest. */
  readonly archive: Buffer;
  /** SHA-256 of `manifest.sha256`, in hexadecimal: names this exact payload. */
  readonly manifestDigest: string;
  readonly files: readonly PayloadFile[];
  readonly services: readonly PayloadService[];
  /** Containers that the compose files in it start. */
  readonly containers: readonly string[];
  /** What looks like a mistake in it: complete lines. */
  readonly warnings: readonly string[];
};

/** Fixed, so that the same files give the same archive. */
const modificationTime = new Date(0);

/**
 * Collects and packs the files for the nodes.
 *
 * @param templatesFolder The program's own templates.
 * @throws PayloadError
 */
export const buildPayload = async (config: Config, templatesFolder: string): Promise<Payload> => {
  const { composeDirectory } = config.payload;
  const collected = await addStartupUnits(
    await collectFiles(config.payload, `${templatesFolder}/deployments/bacalhau`),
    config.payload,
    templatesFolder,
  );
  const stacks = composeDirectory === undefined ? [] : composeStacksOf(collected, composeDirectory);
  const files = await addComposeUnits(collected, stacks, templatesFolder);
  const services = servicesOf(files, stacks);
  const serviceTable = services
    .map(({ unit, digest, action }) => `${unit}\t${digest}\t${action}\n`)
    .join('');
  const contents = [
    ...files.map((file) => ({ path: archivePath(file), content: file.content, mode: file.mode })),
    { path: 'services.tsv', content: Buffer.from(serviceTable), mode: 0o644 },
  ];
  const manifest = Buffer.from(
    contents.map(({ path, content }) => `${sha256(content)}  ${path}\n`).join(''),
  );
  const archive = await packTar(
    [...contents, { path: 'manifest.sha256', content: manifest, mode: 0o644 }].map(
      ({ path, content, mode }) => ({
        header: { name: path, size: content.length, mode, mtime: modificationTime, uid: 0, gid: 0 },
        body: content,
      }),
    ),
  );
  return {
    archive: await promisify(gzip)(archive),
    manifestDigest: sha256(manifest),
    files,
    services,
    containers: containersOf(files, stacks),
    warnings: payloadWarnings(files, services),
  };
};

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
