import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { packTar } from 'modern-tar';
import type { Config } from '../../config/config.ts';
import { checkTemplates, templateWarnings } from './check-templates.ts';
import { collectFiles } from './collect-files.ts';
import { composeStacksOf } from './compose-stacks.ts';
import { addComposeUnits } from './compose-units.ts';
import { containersOf } from './containers.ts';
import { PayloadError } from './payload-error.ts';
import { archivePath, type PayloadFile } from './payload-file.ts';
import { payloadWarnings } from './payload-warnings.ts';
import { noSecrets, type PayloadSecrets, sentSecrets } from './secrets.ts';
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

/** What belongs on every node, as far as it is known without the secrets: enough to look at nodes. */
export type PayloadOutline = Pick<Payload, 'containers' | 'warnings'> & {
  readonly services: readonly Pick<PayloadService, 'unit' | 'action'>[];
};

/** Whether all of it is here that nodes are to be sent. */
export const isWhole = (payload: Payload | PayloadOutline): payload is Payload =>
  'archive' in payload;

/** Fixed, so that the same files give the same archive. */
const modificationTime = new Date(0);

/**
 * Collects and packs the files for the nodes.
 *
 * @param templatesFolder The program's own templates.
 * @param secrets All that the configuration names.
 * @throws PayloadError
 */
export const buildPayload = async (
  config: Config,
  templatesFolder: string,
  secrets: PayloadSecrets = noSecrets,
): Promise<Payload> => {
  const { containers, files, services, warnings } = await collectPayload(
    config,
    templatesFolder,
    secrets,
  );
  const missing = Object.keys(config.secrets).filter(
    (name) => !files.some(({ secret }) => secret === name),
  );
  if (missing.length > 0) throw new TypeError(`secrets not looked up: ${missing.join(', ')}`);
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
    containers,
    warnings,
  };
};

/**
 * What belongs on the nodes, for who only looks at them: no secret is looked up.
 *
 * @throws PayloadError
 */
export const outlinePayload = async (
  config: Config,
  templatesFolder: string,
): Promise<PayloadOutline> => {
  const { containers, services, warnings } = await collectPayload(
    config,
    templatesFolder,
    noSecrets,
  );
  return { containers, services, warnings };
};

const collectPayload = async (
  config: Config,
  templatesFolder: string,
  secrets: PayloadSecrets,
): Promise<Pick<Payload, 'files' | 'services' | 'containers' | 'warnings'>> => {
  const { composeDirectory } = config.payload;
  const collected = await addStartupUnits(
    await collectFiles(config.payload, `${templatesFolder}/deployments/bacalhau`),
    config.payload,
    templatesFolder,
  );
  const stacks = composeDirectory === undefined ? [] : composeStacksOf(collected, composeDirectory);
  const files = withSecrets(
    await addComposeUnits(collected, stacks, templatesFolder),
    secrets.files,
  );
  const secretNames = Object.keys(config.secrets);
  checkTemplates(files, secretNames);
  const services = servicesOf(files, stacks);
  return {
    files,
    services,
    containers: containersOf(files, stacks),
    warnings: [
      ...payloadWarnings(files, services),
      ...templateWarnings(files, secretNames),
      ...sentSecrets(files, config.secrets),
      ...secrets.warnings,
    ],
  };
};

const withSecrets = (
  files: readonly PayloadFile[],
  secrets: readonly PayloadFile[],
): PayloadFile[] => {
  const taken = new Set(secrets.map(archivePath));
  const issues = files.flatMap((file) =>
    taken.has(archivePath(file))
      ? [`files_directory: ${file.name} is where the secret of that name is to be`]
      : [],
  );
  if (issues.length > 0) throw new PayloadError(issues, 'Rename the file, or the secret.');
  return [...files, ...secrets];
};

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
