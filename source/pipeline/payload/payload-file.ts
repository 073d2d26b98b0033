/** Folders of the payload and where configure-services installs what is in them. */
export const installFolders = {
  scripts: '/opt/uploaded_files/scripts',
  config: '/opt/uploaded_files/config',
  files: '/opt/uploaded_files',
  units: '/etc/systemd/system',
} as const;

export type PayloadFolder = keyof typeof installFolders;

/** One file on its way to every node. */
export type PayloadFile = {
  readonly folder: PayloadFolder;
  /** Path below the folder, with forward slashes. */
  readonly name: string;
  readonly content: Buffer;
  /** Permission bits, such as 0o755. */
  readonly mode: number;
  /** Where it was read from; absent for what is made here. */
  readonly origin?: string;
  /** Name of the secret that it is; absent for all other files. */
  readonly secret?: string;
};

/** Path in the archive, and in `/tmp/exs` until the file is installed. */
export const archivePath = ({ folder, name }: PayloadFile): string => `${folder}/${name}`;

/** What the name of a file ends in that is filled in on the node, and loses that ending there. */
export const templateEnding = '.template';

/** Path below its folder on the node. */
export const installedName = ({ name }: Pick<PayloadFile, 'name'>): string =>
  name.endsWith(templateEnding) ? name.slice(0, -templateEnding.length) : name;

/** Absolute path on the node once configure-services has run. */
export const installedPath = (file: PayloadFile): string =>
  `${installFolders[file.folder]}/${installedName(file)}`;
