import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import type { Config } from './config.ts';
import { type ConfigIssue, formatKeyPath } from './issue.ts';
import { checkPrivateKey, checkPublicKey } from './key-files.ts';
import type { IssueAt } from './load.ts';
import { describeReadFailure } from './read-failure.ts';

/** Says what is wrong with a path; undefined if nothing is. */
export type PathCheck = (localPath: string) => Promise<string | undefined>;

/**
 * Looks whether the keys and the payload that a configuration names are there and are what they
 * should be. Reads of them only what it must and changes nothing.
 *
 * @param issueAt From `loadConfig`, so that issues say where in the file the path is written.
 */
export const checkPaths = async (
  config: Config,
  issueAt: IssueAt = (path, message) => ({ key: formatKeyPath(path), message }),
): Promise<ConfigIssue[]> => {
  const { ssh, payload } = config;
  const publicKey: PathCheck = (file) => checkPublicKey(file, ssh.keyName === undefined);
  const checks: readonly (readonly [key: string, value: string | undefined, check: PathCheck])[] = [
    ['public_ssh_key_path', ssh.publicKeyPath, publicKey],
    ['private_ssh_key_path', ssh.privateKeyPath, checkPrivateKey],
    ['files_directory', payload.filesDirectory, checkDirectory],
    ['scripts_directory', payload.scriptsDirectory, checkDirectory],
    ['config_directory', payload.configDirectory, checkDirectory],
    ['units_directory', payload.unitsDirectory, checkDirectory],
    ['compose_directory', payload.composeDirectory, checkDirectory],
    ['startup_script', payload.startupScript, checkFile],
    ['additional_commands_script', payload.additionalCommandsScript, checkFile],
    ['cloud_init_template', payload.cloudInitTemplate, checkFile],
    ['bacalhau_config_template', payload.bacalhauConfigTemplate, checkFile],
    ['docker_compose_template', payload.dockerComposeTemplate, checkFile],
  ];
  const issues = await Promise.all(
    checks.map(async ([key, value, check]) => {
      const trouble = value === undefined ? undefined : await check(value);
      return trouble === undefined ? [] : [issueAt(['aws', key], trouble)];
    }),
  );
  return [...missingKeyIssues(config, issueAt), ...issues.flat()];
};

const missingKeyIssues = ({ ssh }: Config, issueAt: IssueAt): ConfigIssue[] =>
  ssh.publicKeyPath === undefined && ssh.keyName === undefined
    ? [
        issueAt(
          ['aws', 'public_ssh_key_path'],
          'expected this or ssh_key_name, got neither: nobody could log in to the nodes',
        ),
      ]
    : [];

const checkFile: PathCheck = async (file) => {
  try {
    if ((await stat(file)).isDirectory()) return `expected a file, but ${file} is a folder`;
    await access(file, constants.R_OK);
    return undefined;
  } catch (error) {
    return `can't use the file ${file}: ${describeReadFailure(error)}`;
  }
};

const checkDirectory: PathCheck = async (folder) => {
  try {
    if (!(await stat(folder)).isDirectory()) return `expected a folder, but ${folder} is a file`;
    const names = await readdir(folder);
    return names.length === 0 ? `expected files in ${folder}, but the folder is empty` : undefined;
  } catch (error) {
    return `can't use the folder ${folder}: ${describeReadFailure(error)}`;
  }
};
