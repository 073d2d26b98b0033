import path from 'node:path';
import type { Checkout } from './checkout.ts';
import { type OldFile, readOldFile, readOldTree } from './old-file.ts';
import type { OldSettings } from './old-settings.ts';

/** A file that the old system uploaded, and its place in the new deployment's folder. */
export type Upload = {
  readonly file: OldFile;
  /** Such as `scripts/startup.py`. */
  readonly to: string;
};

/** Scripts and templates that the configuration names one by one, by their keys. */
export type NamedFiles = Readonly<Partial<Record<NamedKey, OldFile>>>;

export type NamedKey =
  | 'startup_script'
  | 'additional_commands_script'
  | 'bacalhau_config_template'
  | 'docker_compose_template';

export type OldDeployment = {
  /** In the order in which the old system uploaded them: of two in one place the later one won. */
  readonly uploads: readonly Upload[];
  readonly named: NamedFiles;
  readonly cloudInit?: OldFile;
  /** Files that mirror the nodes' root, by their paths there without the first slash. */
  readonly mirrored: ReadonlyMap<string, OldFile>;
  /** Names in the checkout's own folder that all this lies in. */
  readonly usedNames: ReadonlySet<string>;
};

/** What the old system took where the configuration named nothing. */
const defaultPaths: Readonly<Record<string, string>> = {
  scripts_directory: 'instance/scripts',
  config_directory: 'instance/config',
  files_directory: 'files',
  cloud_init_template: 'instance/cloud-init/init-vm-template.yml',
  startup_script: 'instance/scripts/startup.py',
  additional_commands_script: 'additional_commands.sh',
  bacalhau_config_template: 'instance/config/bacalhau-config-template.yaml',
  docker_compose_template: 'instance/scripts/docker-compose.yaml',
};

const mirrorFolder = 'instance-files';

/**
 * Reads everything that the old system would have sent to a node.
 *
 * @throws UsageError When a file can't be read.
 */
export const readOldDeployment = async (
  { folder, layout }: Pick<Checkout, 'folder' | 'layout'>,
  settings: OldSettings,
): Promise<OldDeployment> => {
  const mirror = path.join(folder, mirrorFolder);
  /** What the configuration says, and then what was taken where it says nothing. */
  const pathsOf = (key: string): string[] => {
    const byDefault = defaultPaths[key];
    return [
      ...new Set([
        ...[settings.pathOf(key)].filter((each) => each !== undefined),
        ...(byDefault === undefined ? [] : [path.join(folder, byDefault)]),
      ]),
    ];
  };
  const treeOf = async (key: string): Promise<ReadonlyMap<string, OldFile>> => {
    const [first] = pathsOf(key);
    // The whole checkout is nobody's folder of scripts, and the mirror is read by itself.
    return first === undefined || isWithin(folder, first) || isWithin(first, mirror)
      ? new Map<string, OldFile>()
      : readOldTree(folder, first);
  };
  const fileOf = async (key: string): Promise<OldFile | undefined> => {
    for (const each of pathsOf(key)) {
      const file = isWithin(each, mirror) ? undefined : await readOldFile(folder, each);
      if (file !== undefined) return file;
    }
    return undefined;
  };

  const [scripts, files, config, units] = [
    await treeOf('scripts_directory'),
    await treeOf('files_directory'),
    await treeOf('config_directory'),
    await treeOf('units_directory'),
  ];
  const named = {
    startup_script: await fileOf('startup_script'),
    additional_commands_script:
      (await fileOf('additional_commands_script')) ??
      scripts.get('additional_commands.sh') ??
      files.get('scripts/additional_commands.sh'),
    bacalhau_config_template: await fileOf('bacalhau_config_template'),
    docker_compose_template: await fileOf('docker_compose_template'),
  };
  const cloudInit = await fileOf('cloud_init_template');

  const ofTrees = [
    ...placed(scripts, (name) => `scripts/${name}`),
    // What lay in these two folders of the files landed in the folders of that name.
    ...placed(files, (name) => (/^(?:scripts|config)\/./.test(name) ? name : `files/${name}`)),
    ...placed(config, (name) => `config/${name}`),
    ...placed(units, (name) => `services/${name}`),
  ];
  const isThere = (file: OldFile) => ofTrees.some((upload) => upload.file.path === file.path);
  const alone = Object.entries(named).flatMap(([key, file]): Upload[] => {
    if (file === undefined || isThere(file)) return [];
    const place = key.endsWith('_script') ? 'scripts' : 'config';
    return [{ file, to: `${place}/${path.posix.basename(file.path)}` }];
  });
  const mirrored =
    layout === 'instance-files' ? await readOldTree(folder, mirror) : new Map<string, OldFile>();
  const uploads = [...ofTrees, ...alone];
  return {
    uploads,
    named: definedOnly(named),
    ...(cloudInit === undefined ? {} : { cloudInit }),
    mirrored,
    usedNames: new Set(
      [...uploads.map(({ file }) => file), ...mirrored.values(), ...(cloudInit ? [cloudInit] : [])]
        .filter((file) => !path.isAbsolute(file.path))
        .map((file) => file.path.split('/')[0] ?? ''),
    ),
  };
};

const placed = (
  tree: ReadonlyMap<string, OldFile>,
  to: (name: string) => string,
): readonly Upload[] => [...tree].map(([name, file]) => ({ file, to: to(name) }));

/** Whether a path is a folder or lies below it. */
const isWithin = (inner: string, folder: string): boolean =>
  !/^\.\.(?:$|[/\\])/.test(path.relative(folder, inner)) &&
  !path.isAbsolute(path.relative(folder, inner));

const definedOnly = (files: Readonly<Record<NamedKey, OldFile | undefined>>): NamedFiles =>
  Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined));
