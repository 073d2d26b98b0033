import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { PayloadConfig } from '../../config/config.ts';
import { describeReadFailure } from '../../config/read-failure.ts';
import { composeFolder } from './compose-stacks.ts';
import { PayloadError } from './payload-error.ts';
import { archivePath, type PayloadFile, type PayloadFolder } from './payload-file.ts';

const unitName = /^[\w:.\\@-]+\.(?:service|socket|timer|path|target|mount)$/;
const dropInName = /^[\w:.\\@-]+\.(?:service|socket|timer|path|target|mount)\.d\/[^/]+\.conf$/;

/** Left behind by editors, desktops and version control; never meant for a node. */
const ignoredNames = new Set(['.DS_Store', '.git', '.gitignore', '.gitkeep', '__pycache__']);

/**
 * Reads every file that the configuration wants on the nodes. systemd units among the scripts go
 * to `units`. Symbolic links are followed, so that an archive never carries one.
 *
 * @param shippedFolder Folder of the default workload's templates, from which bacalhau-startup is
 * taken when Bacalhau's templates are given without a unit that uses them.
 * @throws PayloadError with a line for everything that can't be read, or when nothing is left.
 */
export const collectFiles = async (
  config: PayloadConfig,
  shippedFolder: string,
): Promise<PayloadFile[]> => {
  const issues: string[] = [];
  const files = new Map<string, PayloadFile>();
  const add = (file: PayloadFile) => files.set(archivePath(file), file);
  const attempt = async (what: string, action: () => Promise<void>) => {
    try {
      await action();
    } catch (error) {
      issues.push(`${what}: ${describe(error)}`);
    }
  };

  const addDirectory = async (
    what: string,
    directory: string | undefined,
    to: PayloadFolder,
    below?: string,
  ) => {
    if (directory === undefined) return;
    await attempt(what, async () => {
      for (const name of await listFiles(directory)) {
        const folder = to === 'scripts' && isUnit(name) ? 'units' : to;
        const as = below === undefined ? name : `${below}/${name}`;
        add(await readPayloadFile(path.join(directory, name), folder, as));
      }
    });
  };
  const addFile = async (what: string, file: string | undefined, to: PayloadFolder, as: string) => {
    if (file === undefined) return;
    await attempt(what, async () => {
      add(await readPayloadFile(file, to, as));
    });
  };

  await addDirectory('files_directory', config.filesDirectory, 'files');
  await addDirectory('scripts_directory', config.scriptsDirectory, 'scripts');
  await addDirectory('config_directory', config.configDirectory, 'config');
  await addDirectory('units_directory', config.unitsDirectory, 'units');
  await addDirectory('compose_directory', config.composeDirectory, 'files', composeFolder);
  await addFile(
    'bacalhau_config_template',
    config.bacalhauConfigTemplate,
    'config',
    'bacalhau-config.yaml',
  );
  await addFile(
    'docker_compose_template',
    config.dockerComposeTemplate,
    'config',
    'docker-compose.yaml',
  );
  if (usesShippedStartup(config, files)) {
    for (const [source, name, folder] of [
      ['scripts', 'bacalhau-startup.sh', 'scripts'],
      ['services', 'bacalhau-startup.service', 'units'],
    ] as const) {
      await addFile(name, path.join(shippedFolder, source, name), folder, name);
    }
  }
  for (const [what, script] of [
    ['startup_script', config.startupScript],
    ['additional_commands_script', config.additionalCommandsScript],
  ] as const) {
    if (script === undefined) continue;
    const name = path.basename(script);
    await addFile(what, script, 'scripts', name);
    const added = files.get(`scripts/${name}`);
    if (added !== undefined) add({ ...added, mode: added.mode | 0o111 });
  }
  const images = Object.entries(config.images);
  if (images.length > 0) {
    add({
      folder: 'config',
      name: 'images.env',
      content: Buffer.from(
        images.map(([name, image]) => `${environmentName(name)}=${image}\n`).join(''),
      ),
      mode: 0o644,
    });
  }

  if (issues.length > 0) {
    throw new PayloadError(issues, 'Correct the paths in the configuration, then run again.');
  }
  if (files.size === 0) {
    throw new PayloadError(
      ['the payload is empty: the configuration names no files for the nodes'],
      'Set scripts_directory, config_directory or files_directory, or write a starter with `spot-tui init`.',
    );
  }
  return [...files.values()].sort((a, b) => (archivePath(a) < archivePath(b) ? -1 : 1));
};

/** Whether a file is a systemd unit, or a drop-in of one, by its path. */
export const isUnit = (name: string): boolean => unitName.test(name) || dropInName.test(name);

const usesShippedStartup = (
  config: PayloadConfig,
  files: ReadonlyMap<string, PayloadFile>,
): boolean =>
  (config.bacalhauConfigTemplate !== undefined || config.dockerComposeTemplate !== undefined) &&
  config.startupScript === undefined &&
  ![...files.values()].some(({ folder }) => folder === 'units');

const environmentName = (name: string): string =>
  `${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}_IMAGE`;

/** Files below a folder by their paths in it; links to files and to folders are followed. */
const listFiles = async (directory: string): Promise<string[]> => {
  const names: string[] = [];
  const list = async (folder: string, prefix: string, above: readonly string[]): Promise<void> => {
    const real = await realpath(folder);
    if (above.includes(real)) throw new Error(`${folder}: its symbolic links go round in circles`);
    for (const name of (await readdir(folder)).sort()) {
      if (ignoredNames.has(name)) continue;
      const full = path.join(folder, name);
      const found = await stat(full);
      if (found.isDirectory()) await list(full, `${prefix}${name}/`, [...above, real]);
      else if (found.isFile()) names.push(`${prefix}${name}`);
      else throw new Error(`${full} is neither a file nor a folder`);
    }
  };
  await list(directory, '', []);
  return names;
};

const describe = (error: unknown): string => {
  const reason = describeReadFailure(error);
  return error instanceof Error && 'path' in error ? `${error.path}: ${reason}` : reason;
};

const readPayloadFile = async (
  file: string,
  folder: PayloadFolder,
  name: string,
): Promise<PayloadFile> => {
  if (/[\n\\]/.test(name)) throw new Error(`${JSON.stringify(name)} is no name for a file here`);
  const [content, { mode }] = await Promise.all([readFile(file), stat(file)]);
  return {
    ...{ folder, name, content, origin: file },
    mode: isSecret(name, content) ? mode & 0o700 : mode & 0o777,
  };
};

/** Whether nobody but the login user and root may read it on the node, whatever it is here. */
const isSecret = (name: string, content: Buffer): boolean =>
  path.basename(name) === 'orchestrator_token' ||
  /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(content.toString('latin1', 0, 64));
