import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '../../config/issue.ts';
import { describeReadFailure } from '../../config/read-failure.ts';
import { readText } from '../../config/read-text.ts';
import { UsageError } from '../exit-status.ts';

/** The configuration's names over the old system's life, the one that is in use first. */
const configurationNames = [
  'config.yaml',
  'config.yaml.example',
  'config.example.yaml',
  'config.yaml_example',
] as const;

/** By what, beside a configuration, an old checkout is recognised. */
const marks = [
  'instance',
  'instance-files',
  'files',
  'deploy_spot.py',
  'spot_deployer',
  'additional_commands.sh',
] as const;

/** A checkout of the old system, before anything in it is judged. */
export type Checkout = {
  /** Absolute path. */
  readonly folder: string;
  /** Names of all that lies in the folder itself. */
  readonly names: readonly string[];
  readonly configuration: {
    readonly name: string;
    readonly text: string;
    /** Whether only the example is there, which nobody has made their own. */
    readonly isExample: boolean;
  };
  /**
   * `instance`: folders for scripts, configuration and files. `instance-files`: the later layout,
   * one folder that mirrors the root of the nodes.
   */
  readonly layout: 'instance' | 'instance-files';
};

/**
 * Finds out what lies there.
 *
 * @param folder Absolute path.
 * @param shown The same as the user wrote it.
 * @throws UsageError When it is no checkout of the old system, with what was looked for.
 * @throws ConfigError When its configuration can't be read.
 */
export const openCheckout = async (folder: string, shown: string): Promise<Checkout> => {
  const names = await namesIn(folder, shown);
  const name = configurationNames.find((each) => names.includes(each));
  const hasMark = marks.some((mark) => names.includes(mark));
  if (name === undefined || !hasMark) {
    const missing = name === undefined ? 'no configuration' : 'nothing to deploy';
    throw new UsageError(
      `${shown} is no checkout of the old deployer: there is ${missing} in it`,
      `Looked for ${listed(configurationNames)}, and beside it for ${listed(marks)}.`,
    );
  }
  const file = path.join(folder, name);
  const read = await readText(file);
  if ('trouble' in read) {
    const { position, trouble: message } = read;
    throw new ConfigError([{ file, ...(position === undefined ? {} : { position }), message }]);
  }
  return {
    folder,
    names,
    configuration: { name, text: read.text, isExample: name !== 'config.yaml' },
    layout: names.includes('instance-files') ? 'instance-files' : 'instance',
  };
};

const namesIn = async (folder: string, shown: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    throw new UsageError(
      `can't read the old checkout ${shown}: ${describeReadFailure(error)}`,
      `Name the folder in which ${configurationNames[0]} lies.`,
    );
  }
};

const listed = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
