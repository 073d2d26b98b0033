import type { AccountCloud, AccountScan } from '../ec2/account-cloud.ts';
import type { Instance } from '../ec2/cloud.ts';
import { Ec2Error, throwFirst } from '../ec2/errors.ts';
import { type DeploymentPart, expiredInstances, isExpired, partsOf } from '../fleet/deployments.ts';
import { type Notices, noticesAs } from '../fleet/notices.ts';
import { viewAccount } from './account.ts';
import type { Invocation } from './command.ts';
import { commandLine } from './command-line.ts';
import { confirm } from './confirm.ts';
import { isSeen, type Sight, scanRegions } from './every-region.ts';
import { type ExitStatus, exitStatus, UsageError } from './exit-status.ts';
import { reporterFor } from './run-reporters.ts';

/** What has expired of a deployment in a region. */
type Expired = {
  readonly cloud: AccountCloud;
  readonly part: DeploymentPart;
  readonly instances: readonly Instance[];
  /** Whether nothing of the deployment is to stay in the region. */
  readonly isWhole: boolean;
};

/**
 * Terminates what has expired, of all deployments in all regions, and cleans up behind deployments
 * that have nothing else.
 */
export const destroyExpired = async (
  invocation: Invocation,
  signal: AbortSignal,
): Promise<ExitStatus> => {
  const { options, stderr, words } = invocation;
  if (words.length > 0) {
    throw new UsageError(
      'destroy --expired takes no nodes',
      'Leave the nodes or --expired out: it is about all deployments of the account.',
    );
  }
  const view = await viewAccount(invocation, signal);
  const expired = expiredIn(view.seen);
  if (options.dryRun) {
    showExpired(invocation, expired);
    return exitStatus.success;
  }
  const count = expired.reduce((sum, { instances }) => sum + instances.length, 0);
  const question = `Terminate ${count === 1 ? 'a node' : `${count} nodes`} of ${namesOf(expired).join(', ')}, whose time is over?`;
  if (count > 0 && !(await confirm(invocation, question, signal))) {
    stderr.write('Nothing was done.\n');
    return exitStatus.success;
  }
  const reporter = reporterFor(invocation);
  const notices = noticesAs(reporter, Date.now);
  try {
    if (expired.length === 0) {
      const { length } = view.seen;
      notices.say(
        'info',
        `nothing has expired in ${length === 1 ? 'the region' : `${length} regions`}`,
      );
      return exitStatus.success;
    }
    const clouds = [...new Set(expired.map(({ cloud }) => cloud))];
    const look = () => scanRegions<AccountCloud, AccountScan>(clouds, signal);
    // Somebody may have given it more time while the question was answered.
    const still = expiredIn(await look());
    const results = await Promise.all(still.map((each) => end(each, notices, signal)));
    const left = expiredIn(await look());
    for (const { instances, part } of left) {
      const what = [...instances.map(({ instanceId }) => instanceId), ...part.resources].join('; ');
      notices.say('error', `expired and left of ${part.deployment}: ${what}`, {
        hint: `Run \`${commandLine(invocation, 'destroy --expired')}\` again in a minute.`,
        topic: 'leftovers',
        region: part.region,
      });
    }
    if (left.length > 0 || results.includes(false)) return exitStatus.failure;
    notices.say(
      'info',
      `proof: nothing that has expired is left in ${clouds.map(({ region }) => region).join(', ')}`,
    );
    return exitStatus.success;
  } finally {
    await reporter.flush();
  }
};

const expiredIn = (sights: readonly Sight<AccountCloud, AccountScan>[]): Expired[] =>
  sights.filter(isSeen).flatMap(({ cloud, scan }) =>
    partsOf([scan]).flatMap((part) => {
      const instances = expiredInstances(part, scan.now);
      const isWhole = isExpired(part, scan.now);
      if (instances.length === 0 && !(isWhole && part.resources.length > 0)) return [];
      return [{ cloud, part, instances, isWhole }];
    }),
  );

const namesOf = (expired: readonly Expired[]): string[] =>
  [...new Set(expired.map(({ part }) => part.deployment))].sort();

/** @returns Whether all of it went. */
const end = async (
  { cloud, instances, isWhole, part: { deployment } }: Expired,
  notices: Notices,
  signal: AbortSignal,
): Promise<boolean> => {
  const { region } = cloud;
  try {
    if (instances.length > 0) {
      const ids = instances.map(({ instanceId }) => instanceId);
      const refused = await cloud.terminate(ids, signal);
      const ended = ids.filter((instanceId) => !refused.has(instanceId));
      if (ended.length > 0) {
        notices.say('info', `terminated ${ended.join(', ')} of ${deployment}`, { region });
      }
      throwFirst(refused.values());
    }
    if (!isWhole) return true;
    const { left, removed } = await cloud.cleanUp(deployment, signal);
    for (const what of removed) notices.say('info', `removed ${what}`, { region });
    for (const what of left) notices.say('warning', `not removed: ${what}`, { region });
    return left.length === 0;
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    notices.error(error);
    return false;
  }
};

const showExpired = ({ options, stdout }: Invocation, expired: readonly Expired[]): void => {
  const parts = expired.map(({ instances, isWhole, part }) => ({
    deployment: part.deployment,
    region: part.region,
    instanceIds: instances.map(({ instanceId }) => instanceId),
    resources: isWhole ? part.resources : [],
  }));
  if (options.json) {
    stdout.write(`${JSON.stringify({ expired: parts })}\n`);
    return;
  }
  const lines = parts.flatMap(({ deployment, instanceIds, region, resources }) => [
    ...(instanceIds.length === 0
      ? []
      : [`Would terminate ${instanceIds.join(', ')} of ${deployment} (${region}).`]),
    ...resources.map((resource) => `Would remove ${resource} of ${deployment}.`),
  ]);
  stdout.write(`${lines.length === 0 ? 'Nothing has expired.' : lines.join('\n')}\n`);
};
