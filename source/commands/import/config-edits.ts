import path from 'node:path';
import type { NewFile } from './classify.ts';
import { textOf } from './file-text.ts';
import type { LeftOut } from './left-out.ts';
import type { OldFile } from './old-file.ts';
import type { OldSettings } from './old-settings.ts';
import type { NamedFiles, NamedKey } from './uploads.ts';

/** A change of one key of `aws`. */
export type ConfigEdit = {
  readonly key: string;
  /** As it was written; undefined where the key is new. */
  readonly from: string | undefined;
  /** Undefined where the key is gone. */
  readonly to: string | number | readonly number[] | undefined;
};

type Edits = { readonly edits: readonly ConfigEdit[]; readonly leftOut: readonly LeftOut[] };

const folders = [
  ['scripts_directory', 'scripts'],
  ['config_directory', 'config'],
  ['units_directory', 'services'],
  ['files_directory', 'files'],
] as const;

const namedKeys: readonly NamedKey[] = [
  'startup_script',
  'additional_commands_script',
  'bacalhau_config_template',
  'docker_compose_template',
];

/** Size of the root volume that the old program made where nothing was said, in GiB. */
const oldStorage = 50;

/** What the configuration has to say about the new folder. */
export const editsOf = ({
  settings,
  named,
  files,
  hasCloudInit,
  leftOutPaths,
  startupScript,
}: {
  readonly settings: OldSettings;
  readonly named: NamedFiles;
  readonly files: readonly NewFile[];
  readonly hasCloudInit: boolean;
  /** Paths in the old checkout. */
  readonly leftOutPaths: ReadonlySet<string>;
  /** A script that the import made; absent where the old one's counts. */
  readonly startupScript?: string;
}): Edits => {
  const leftOut: LeftOut[] = [];
  const values = new Map<string, ConfigEdit['to']>();
  for (const [key, folder] of folders) {
    const isThere = files.some((file) => file.path.startsWith(`${folder}/`));
    values.set(key, isThere ? folder : undefined);
    const written = settings.aws[key];
    if (!isThere && typeof written === 'string') {
      leftOut.push({ what: [`aws.${key}`], reason: `nothing in ${written} was taken` });
    }
  }
  values.set('cloud_init_template', hasCloudInit ? 'cloud-init.yaml' : undefined);

  for (const key of namedKeys) {
    const old = named[key];
    const written = settings.aws[key];
    const taken = old === undefined ? undefined : placeOf(old, files);
    const runner = taken === undefined ? undefined : runnerOf(key, taken, files);
    if (taken !== undefined && runner === undefined) {
      values.set(key, taken.path);
    } else {
      values.set(key, undefined);
      if (runner !== undefined && written !== undefined) {
        leftOut.push({
          what: [`aws.${key}`],
          reason: `${path.posix.basename(runner.path)} runs ${path.posix.basename(taken?.path ?? '')} already`,
        });
      } else if (typeof written === 'string') {
        leftOut.push({
          what: [`aws.${key}`],
          reason: `${written} is ${leftOutPaths.has(written) ? 'left out' : 'not there'}`,
        });
      }
    }
  }
  if (startupScript !== undefined) values.set('startup_script', startupScript);

  for (const key of ['public_ssh_key_path', 'private_ssh_key_path']) {
    const written = settings.aws[key];
    // Relative to the old configuration: keys are not copied.
    if (typeof written === 'string' && !/^[~/]/.test(written) && !path.isAbsolute(written)) {
      values.set(key, settings.pathOf(key));
    }
  }
  if (settings.aws.instance_storage_gb === undefined) values.set('instance_storage_gb', oldStorage);
  // The old program opened it on every node; only Bacalhau needs it.
  const hasBacalhau = files.some((file) => /bacalhau/i.test(file.path));
  if (
    hasBacalhau &&
    settings.aws.open_ports === undefined &&
    named.bacalhau_config_template === undefined
  ) {
    values.set('open_ports', [4222]);
  }
  return {
    edits: [...values].flatMap(([key, to]) => {
      const written = settings.aws[key];
      const from = written === undefined ? undefined : String(written);
      return from === (to === undefined ? undefined : String(to)) ? [] : [{ key, from, to }];
    }),
    leftOut,
  };
};

const placeOf = (old: OldFile, files: readonly NewFile[]): NewFile | undefined =>
  files.find((file) => file.from === old.path) ??
  // Another file took its place.
  files.find(
    (file) =>
      file.path.startsWith('scripts/') &&
      path.posix.basename(file.path) === path.posix.basename(old.path),
  );

/** The unit or script that runs a startup script by itself, which would run twice otherwise. */
const runnerOf = (
  key: NamedKey,
  script: NewFile,
  files: readonly NewFile[],
): NewFile | undefined => {
  if (!key.endsWith('_script')) return undefined;
  const name = path.posix.basename(script.path);
  return files.find(
    (file) =>
      file !== script &&
      /^services\/[^/]+\.service$/.test(file.path) &&
      new RegExp(
        `^Exec(?:Start|StartPre|StartPost)=.*\\b${name.replaceAll('.', '\\.')}\\b`,
        'm',
      ).test(textOf(file)),
  );
};
