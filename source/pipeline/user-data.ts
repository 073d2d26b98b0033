import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { parse, stringify } from 'yaml';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/issue.ts';
import { isPlainMap, mapValues, type PlainMap } from '../config/plain-map.ts';
import { readText } from '../config/read-text.ts';
import { type CloudConfigAdditions, readAdditions } from './cloud-config-additions.ts';
import { fillPlaceholders } from './placeholders.ts';

/** What cloud-init gets on every node. */
export type UserData = {
  /** cloud-config as text, below EC2's limit. */
  readonly userData: string;
  /** What was left out of the configuration's own cloud-config and why: complete lines for people. */
  readonly warnings: readonly string[];
};

/** Contents of the program's templates that become user data, by file name. */
export type UserDataTemplates = Readonly<Record<TemplateName, string>>;

type TemplateName = 'cloud-init.yaml' | InstalledFile;
type InstalledFile = (typeof installedScripts)[number] | 'configure-services.service';

const installedScripts = [
  'prepare-node.sh',
  'configure-services.sh',
  'render-template.sh',
] as const;

/** Bytes that EC2 accepts, before base64. */
export const maximumUserDataSize = 16 * 1024;

/** Reads the templates of the program that become user data. */
export const loadUserDataTemplates = async (
  templatesFolder: string,
): Promise<UserDataTemplates> => {
  const read = (name: TemplateName) => readFile(path.join(templatesFolder, name), 'utf8');
  return {
    'cloud-init.yaml': await read('cloud-init.yaml'),
    'prepare-node.sh': await read('prepare-node.sh'),
    'configure-services.sh': await read('configure-services.sh'),
    'render-template.sh': await read('render-template.sh'),
    'configure-services.service': await read('configure-services.service'),
  };
};

/**
 * The user data of a deployment's nodes: the program's own, with the configuration's
 * `cloud_init_template` merged over it.
 *
 * @param publicKey One OpenSSH line; absent where EC2's key pair is all there is.
 * @throws ConfigError when `cloud_init_template` can't be read or used, or makes it too large.
 */
export const buildUserData = async (
  config: Config,
  templatesFolder: string,
  publicKey?: string,
): Promise<UserData> => {
  const file = config.payload.cloudInitTemplate;
  const content = file === undefined ? undefined : await readText(file);
  if (file !== undefined && content !== undefined && 'trouble' in content) {
    const { trouble: message, position } = content;
    throw new ConfigError([{ file, message, ...(position === undefined ? {} : { position }) }]);
  }
  return await renderUserData({
    config,
    templates: await loadUserDataTemplates(templatesFolder),
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(file === undefined || content === undefined ? {} : { additions: { file, ...content } }),
  });
};

/** The same from texts that were read already. @throws ConfigError */
export const renderUserData = async ({
  config,
  templates,
  publicKey,
  additions,
}: {
  readonly config: Config;
  readonly templates: UserDataTemplates;
  readonly publicKey?: string;
  readonly additions?: CloudConfigAdditions;
}): Promise<UserData> => {
  const values = new Map<string, string>([
    ['username', config.ssh.username],
    ['bacalhau_node_dir', config.payload.bacalhauNodeDirectory],
    ['bacalhau_data_dir', config.payload.bacalhauDataDirectory],
    ...(publicKey === undefined ? [] : [['public_ssh_key', publicKey.trim()] as const]),
  ]);
  const own = toMap(
    fillPlaceholders(parse(templates['cloud-init.yaml']), {
      values: new Map([...values, ...(await installedFiles(config, templates))]),
      whenUnknown: 'leave-out',
      names: ['public_ssh_key'],
    }),
  );
  const theirs =
    additions === undefined
      ? { cloudConfig: {}, warnings: [] }
      : readAdditions(additions, { values, ownFiles: pathsOf(own) });

  const merged = merge(own, theirs.cloudConfig);
  const cloudConfig = { ...merged, runcmd: [...toList(merged.runcmd), reportPreparation] };
  const userData = `#cloud-config\n${stringify(cloudConfig, { lineWidth: 0 })}`;
  const size = Buffer.byteLength(userData);
  if (size > maximumUserDataSize) {
    throw new ConfigError([
      {
        ...(additions === undefined ? {} : { file: additions.file }),
        message: `makes the user data ${size} bytes long, and EC2 takes ${maximumUserDataSize}; move what is large to files_directory or scripts_directory`,
      },
    ]);
  }
  return { userData, warnings: theirs.warnings };
};
