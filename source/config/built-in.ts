import path from 'node:path';
import type { Config } from './config.ts';
import { resolveConfig } from './resolve.ts';
import { configFile, type WrittenConfig } from './schema.ts';

export type BuiltInOptions = {
  /** Absolute path of the package's `templates`. */
  readonly templatesFolder: string;
  /** Absolute path of the public key to import. */
  readonly publicKeyPath: string;
  /** Absolute path of its private key. */
  readonly privateKeyPath: string;
};

/** Name of a deployment in the sandbox that no file names. */
export const builtInDeployment = 'sandbox';

/** What the sandbox runs where there is no configuration file: the shipped Bacalhau workload. */
export const builtInConfig = (options: BuiltInOptions): Config => {
  const folder = path.join(options.templatesFolder, 'deployments/bacalhau');
  const written: WrittenConfig = {
    deployment: builtInDeployment,
    aws: {
      total_instances: 3,
      public_ssh_key_path: options.publicKeyPath,
      private_ssh_key_path: options.privateKeyPath,
      scripts_directory: path.join(folder, 'scripts'),
      config_directory: path.join(folder, 'config'),
      units_directory: path.join(folder, 'services'),
      open_ports: [4222],
    },
    regions: ['us-west-2', 'us-east-1', 'eu-west-1'],
  };
  // Every path is absolute, so that nothing is left for a home folder to stand for.
  return resolveConfig(configFile.parse(written), { folder, home: folder });
};
