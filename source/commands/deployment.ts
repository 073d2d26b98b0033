import { existsSync } from 'node:fs';
import path from 'node:path';
import { builtInConfig, builtInDeployment } from '../config/built-in.ts';
import type { Config } from '../config/config.ts';
import type { ConfigIssue } from '../config/issue.ts';
import { type IssueAt, type LoadedConfig, loadConfig } from '../config/load.ts';
import type { RecordedDeployment, StateFolders } from '../config/state-folders.ts';
import { ensureSandbox } from '../sandbox/client.ts';
import type { Invocation } from './command.ts';

/** The default name of the configuration. */
const defaultFile = 'config.yaml';

/** Milliseconds; where nothing takes long, nothing takes long to fail either. */
const fastTimes = { settleTime: 500, healthInterval: 5_000 } as const;

/** The configuration of a call, and the embedded cloud if that is what it is for. */
export type Deployment = {
  readonly config: Config;
  readonly warnings: readonly ConfigIssue[];
  /** Absent for the built-in configuration. */
  readonly issueAt?: IssueAt;
  readonly sandbox?: Awaited<ReturnType<typeof ensureSandbox>>;
};

/**
 * Finds the configuration. In the sandbox it is the built-in one unless there is a file, and
 * whatever the file says of keys and networks is replaced by the sandbox's own.
 *
 * @throws ConfigError
 */
export const findDeployment = async (
  invocation: Invocation,
  folders: StateFolders,
  signal: AbortSignal,
): Promise<Deployment> => {
  const { options, templatesFolder } = invocation;
  // Before the sandbox is started for nothing.
  const loaded = await loadFile(invocation, signal);
  if (options.sandbox === undefined && loaded !== undefined) return loaded;

  const sandbox = await openSandbox(invocation, folders, signal);
  const { privateKeyPath, publicKeyPath } = sandbox;
  if (loaded === undefined) {
    const config = builtInConfig({ templatesFolder, privateKeyPath, publicKeyPath });
    return {
      config: sandbox.fast ? { ...config, ...fastTimes } : config,
      warnings: [],
      sandbox,
    };
  }
  const { ssh, network } = loaded.config;
  return {
    ...loaded,
    config: {
      ...loaded.config,
      ssh: { username: ssh.username, port: ssh.port, privateKeyPath, publicKeyPath },
      network: {
        associatePublicIp: network.associatePublicIp,
        openPorts: network.openPorts,
        securityGroups: [],
        sshAllowedCidrs: [],
        useDedicatedVpc: network.useDedicatedVpc,
      },
    },
    sandbox,
  };
};

/** The embedded cloud, started where it does not run. */
export const openSandbox = (
  { options, programFolder }: Invocation,
  folders: StateFolders,
  signal: AbortSignal,
) =>
  ensureSandbox({
    folder: folders.sandbox,
    fast: options.sandbox === 'fast',
    signal,
    programPath: path.join(programFolder, 'sandbox.js'),
  });

/**
 * The AWS profile that the configuration names; undefined where there is no configuration.
 *
 * @throws ConfigError
 */
export const findProfile = async (
  invocation: Invocation,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const { currentFolder, options } = invocation;
  const file = path.join(currentFolder, options.config ?? defaultFile);
  if (options.config === undefined && !existsSync(file)) return undefined;
  return (await loadFile(invocation, signal))?.config.profile;
};

/**
 * Which deployment's past a call is about, by the configuration alone: no sandbox is started for it.
 *
 * @throws ConfigError
 */
export const findRecordedDeployment = async (
  invocation: Invocation,
  signal: AbortSignal,
): Promise<RecordedDeployment> => {
  const loaded = await loadFile(invocation, signal);
  return {
    deployment: loaded?.config.deployment ?? builtInDeployment,
    isSandbox: invocation.options.sandbox !== undefined,
  };
};

/** What the configuration's file says; undefined in the sandbox where there is none. */
const loadFile = async (
  { currentFolder, environment, options }: Invocation,
  signal: AbortSignal,
): Promise<LoadedConfig | undefined> => {
  const file = options.config ?? defaultFile;
  const where = { environment, workingDirectory: currentFolder, signal };
  if (options.sandbox === undefined) return loadConfig(file, where);
  const hasFile = options.config !== undefined || existsSync(path.join(currentFolder, file));
  return hasFile ? loadConfig(file, { ...where, defaultDeployment: builtInDeployment }) : undefined;
};
