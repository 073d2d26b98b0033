import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse, stringify } from 'yaml';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/issue.ts';
import { isPlainMap, type PlainMap } from '../config/plain-map.ts';
import { readText } from '../config/read-text.ts';
import { type CloudConfigAdditions, readAdditions } from './cloud-config-additions.ts';
import { fillPlaceholders } from './placeholders.ts';

/** What cloud-init gets on every node. */
export type UserData = {
  /** cloud-config as text, within EC2's limit. */
  readonly userData: string;
  /** What was left out of the configuration's own cloud-config and why: complete lines. */
  readonly warnings: readonly string[];
};

/** The program's templates that become user data: contents by file name. */
export type UserDataTemplates = Readonly<Record<TemplateName, string>>;

const templateNames = [
  'cloud-init.yaml',
  'prepare-node.sh',
  'configure-services.sh',
  'render-template.sh',
  'configure-services.service',
] as const;
type TemplateName = (typeof templateNames)[number];

/** Bytes that EC2 accepts, before base64. */
export const maximumUserDataSize = 16 * 1024;

/**
 * The user data for a deployment's nodes: the program's own, with the configuration's
 * `cloud_init_template` merged over it.
 *
 * @param publicKey One OpenSSH line; absent where EC2's key pair is all there is.
 * @throws ConfigError when `cloud_init_template` can't be read or used.
 */
export const buildUserData = async (
  config: Config,
  templatesFolder: string,
  publicKey?: string,
): Promise<UserData> => {
  const templates = await loadUserDataTemplates(templatesFolder);
  const additions = await readTemplateOfConfig(config.payload.cloudInitTemplate);
  return renderUserData({
    config,
    templates,
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(additions === undefined ? {} : { additions }),
  });
};

/** Reads what `renderUserData` needs of the program's templates. */
export const loadUserDataTemplates = async (templatesFolder: string): Promise<UserDataTemplates> =>
  Object.fromEntries(
    await Promise.all(
      templateNames.map(async (name) => [
        name,
        await readFile(path.join(templatesFolder, name), 'utf8'),
      ]),
    ),
  );

/**
 * The same as `buildUserData` for texts that are already there.
 *
 * @throws ConfigError when the additions are no cloud-config, or make it too large for EC2.
 */
export const renderUserData = ({
  config,
  templates,
  publicKey,
  additions,
}: {
  readonly config: Config;
  readonly templates: UserDataTemplates;
  readonly publicKey?: string;
  readonly additions?: CloudConfigAdditions;
}): UserData => {
  const values = new Map([
    ['username', config.ssh.username],
    ['bacalhau_node_dir', config.payload.bacalhauNodeDirectory],
    ['bacalhau_data_dir', config.payload.bacalhauDataDirectory],
  ]);
  if (publicKey !== undefined) values.set('public_ssh_key', publicKey.trim());
  const { runcmd, ...own } = ownCloudConfig(templates, values);
  const theirs =
    additions === undefined
      ? { cloudConfig: {}, warnings: [] }
      : readAdditions(additions, values, writtenFiles(own));

  const [prepare, ...report] = toList(runcmd);
  const merged = merge({ ...own, runcmd: [prepare] }, theirs.cloudConfig);
  const commands = [...toList(merged.runcmd), ...report];
  // Without folding, since a long value would only grow by it.
  const text = stringify({ ...merged, runcmd: commands }, { lineWidth: 0 });
  const userData = `#cloud-config\n${text}`;
  requireFitting(userData, additions);
  return { userData, warnings: theirs.warnings };
};

const readTemplateOfConfig = async (
  file: string | undefined,
): Promise<CloudConfigAdditions | undefined> => {
  if (file === undefined) return undefined;
  const content = await readText(file);
  if ('text' in content) return { file, text: content.text };
  const { trouble: message, position } = content;
  throw new ConfigError([{ file, ...(position === undefined ? {} : { position }), message }]);
};

const ownCloudConfig = (
  templates: UserDataTemplates,
  values: ReadonlyMap<string, string>,
): PlainMap => {
  const contents = Object.entries(templates).map(
    ([name, content]) => [name, name.endsWith('.sh') ? pack(content) : condensed(content)] as const,
  );
  const data = fillPlaceholders(
    parse(templates['cloud-init.yaml']),
    new Map([...values, ...contents]),
  );
  const cloudConfig = toMap(data);
  if (values.has('public_ssh_key')) return cloudConfig;
  const { ssh_authorized_keys: _, ...rest } = cloudConfig;
  return rest;
};

/** As cloud-init's `gz+b64`. */
const pack = (script: string): string =>
  gzipSync(condensed(script), { level: 9 }).toString('base64');

/** Comments, indentation and empty lines are a third of what would count against EC2's limit. */
const condensed = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !/^#(?!!)/.test(line))
    .join('\n');

/** Lists are appended (a value twice counts once), maps merged; else the second value wins. */
const merge = (first: PlainMap, second: PlainMap): PlainMap => {
  const result: Record<string, unknown> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const present = result[key];
    if (Array.isArray(present)) result[key] = [...new Set([...present, ...toList(value)])];
    else result[key] = isPlainMap(present) && isPlainMap(value) ? merge(present, value) : value;
  }
  return result;
};

const writtenFiles = (cloudConfig: PlainMap): readonly string[] =>
  toList(cloudConfig.write_files).map((file) => String(toMap(file).path));

const requireFitting = (userData: string, additions: CloudConfigAdditions | undefined): void => {
  const size = Buffer.byteLength(userData);
  if (size <= maximumUserDataSize) return;
  throw new ConfigError([
    {
      ...(additions === undefined ? {} : { file: additions.file }),
      message: `the user data is ${size} bytes long with it, and EC2 takes ${maximumUserDataSize}: move what is large to files_directory or scripts_directory`,
    },
  ]);
};

const toList = (value: unknown): readonly unknown[] => {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
};

const toMap = (value: unknown): PlainMap => (isPlainMap(value) ? value : {});
