import type { Config, RegionConfig } from '../config/config.ts';
import { formatIssue } from '../config/issue.ts';
import type { IssueAt } from '../config/load.ts';
import { applyOverrides } from '../config/overrides.ts';
import { type StateFolders, stateFolders } from '../config/state-folders.ts';
import { type ApiCallCounter, createApiCallCounter } from '../ec2/call-counter.ts';
import type { Ec2Error } from '../ec2/errors.ts';
import { createRegionCloud, type Ec2RegionCloud } from '../ec2/region-cloud.ts';
import type { Invocation } from './command.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { version } from './version.ts';

/** What a command works with: the configuration and one cloud for each of its regions. */
export type Workspace = {
  readonly config: Config;
  readonly issueAt: IssueAt | undefined;
  readonly folders: StateFolders;
  readonly clouds: readonly Ec2RegionCloud[];
  /** A cloud for a region that the configuration does not name. */
  readonly cloudOf: (region: string) => Ec2RegionCloud;
  readonly calls: ApiCallCounter;
  /** Hears of failures of EC2 that stop nothing, such as a poll that was throttled. */
  readonly onTrouble: (listener: (error: Ec2Error) => void) => void;
  /** Whether it is the embedded cloud that is worked on. */
  readonly isSandbox: boolean;
};

/**
 * Reads the configuration, applies the flags to it, starts the sandbox where that is asked for, and
 * prints the configuration's warnings. Touches no network beyond that.
 *
 * @throws ConfigError, UsageError, or a SandboxError.
 */
export const openWorkspace = async (
  invocation: Invocation,
  signal: AbortSignal,
): Promise<Workspace> => {
  const { environment, options, stderr } = invocation;
  const folders = stateFolders(environment);
  const deployment = await findDeployment(invocation, folders, signal);
  for (const warning of deployment.warnings) {
    stderr.write(`warning: ${formatIssue(warning)}\n`);
  }
  const config = applyOverrides(deployment.config, {
    ...(options.count === undefined ? {} : { count: options.count }),
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  });
  const calls = createApiCallCounter();
  const listeners: ((error: Ec2Error) => void)[] = [];
  const createCloud = (regionConfig: RegionConfig): Ec2RegionCloud =>
    createRegionCloud({
      region: regionConfig.region,
      config,
      regionConfig,
      calls,
      version,
      onTrouble: (error) => {
        for (const listener of listeners) listener(error);
      },
      ...endpointOf(deployment),
    });
  return {
    config,
    issueAt: deployment.issueAt,
    folders,
    calls,
    onTrouble: (listener) => {
      listeners.push(listener);
    },
    clouds: config.regions.map(createCloud),
    cloudOf: (region) =>
      createCloud({ region, instanceTypes: [], image: 'auto', storageGb: 0, tags: {} }),
    isSandbox: deployment.sandbox !== undefined,
  };
};

const endpointOf = ({ sandbox }: Deployment) =>
  sandbox === undefined ? {} : { endpoint: sandbox.endpointUrl, credentials: sandbox.credentials };
