import { rm } from 'node:fs/promises';
import type { RegionCloud } from '../ec2/cloud.ts';
import { Ec2Error } from '../ec2/errors.ts';
import type { Ec2RegionCloud } from '../ec2/region-cloud.ts';
import { describeAll, findNodes } from '../fleet/find-nodes.ts';
import { type Notices, noticesAs } from '../fleet/notices.ts';
import { isAlive } from '../fleet/plan.ts';
import { selectNodes } from '../fleet/select-nodes.ts';
import type { Invocation, RunCommand } from './command.ts';
import { commandLine } from './command-line.ts';
import { confirm } from './confirm.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { openMachineRun } from './fleet-run.ts';
import { withInterruption } from './interruption.ts';
import { runReporters } from './run-reporters.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Terminates nodes and cleans up behind the last one. */
export const run: RunCommand = (invocation) =>
  withInterruption(invocation, async (signal) => {
    const workspace = await openWorkspace(invocation, signal);
    return destroy(invocation, workspace, signal);
  });

const destroy = async (
  invocation: Invocation,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<ExitStatus> => {
  const { config } = workspace;
  const { options, stderr, stdout, words } = invocation;
  const { clouds, areAll } = await cloudsWithNodes(invocation, workspace, signal);
  const nodes = selectNodes(await findNodes(clouds, signal), words);
  const names = nodes.map(({ name }) => name);
  if (options.dryRun) {
    const text =
      names.length === 0 ? 'Nothing to destroy.' : `Would terminate ${names.join(', ')}.`;
    const json = JSON.stringify({ deployment: config.deployment, nodes: names });
    stdout.write(`${options.json ? json : text}\n`);
    return exitStatus.success;
  }
  if (
    names.length > 0 &&
    !(await confirm(
      invocation,
      `Terminate ${names.length === 1 ? names[0] : `${names.length} nodes of ${config.deployment} (${brief(names)})`}?`,
      signal,
    ))
  ) {
    stderr.write('Nothing was done.\n');
    return exitStatus.success;
  }
  const fleet = openMachineRun({ ...workspace, clouds }, 'destroy');
  for (const reporter of runReporters(invocation, fleet.recording)) fleet.addReporter(reporter);
  const notices = noticesAs(fleet.emit, Date.now);
  try {
    if (nodes.length > 0) {
      fleet.controller.attach('destroy', nodes);
      await fleet.controller.terminateAll(signal);
    }
    const left = await cleanUp(notices, clouds, commandLine(invocation, 'destroy'), signal);
    if (nodes.length === 0 && !left.didSomething) notices.say('info', 'Nothing to destroy.');
    if (left.isEmpty && areAll) {
      await rm(workspace.folders.knownHosts(config.deployment), { force: true });
    }
    return left.isClean ? exitStatus.success : exitStatus.failure;
  } finally {
    await fleet.end();
    if (nodes.length > 0) fleet.emit(fleet.summarize());
    await fleet.close();
  }
};

/**
 * The configuration's regions, and every other one in which instances of the deployment live:
 * somebody may have taken a region out of the configuration since.
 *
 * @returns Also whether no other region can have any.
 */
const cloudsWithNodes = async (
  { options, stderr }: Invocation,
  { clouds, cloudOf }: Workspace,
  signal: AbortSignal,
): Promise<{ clouds: readonly Ec2RegionCloud[]; areAll: boolean }> => {
  const [first] = clouds;
  if (first === undefined || options.region !== undefined) return { clouds, areAll: false };
  const known = new Set(clouds.map(({ region }) => region));
  try {
    const others = (await first.enabledRegions(signal))
      .filter((region) => !known.has(region))
      .map(cloudOf);
    const populated = await Promise.all(
      others.map(async (cloud) => (await cloud.describe(signal)).some(isAlive)),
    );
    return {
      clouds: [...clouds, ...others.filter((_, position) => populated[position])],
      areAll: true,
    };
  } catch (error) {
    if (!(error instanceof Ec2Error && error.kind === 'permission')) throw error;
    stderr.write(
      `warning: only the regions of the configuration are looked at: ${error.message}\n`,
    );
    return { clouds, areAll: false };
  }
};

/**
 * Removes what `create` made in the regions, once no instance of the deployment is left in them.
 *
 * @param again The command line that carries on with what could not be removed.
 */
const cleanUp = async (
  notices: Notices,
  clouds: readonly RegionCloud[],
  again: string,
  signal: AbortSignal,
): Promise<{ isEmpty: boolean; didSomething: boolean; isClean: boolean }> => {
  const remaining = (await describeAll(clouds, signal)).filter(isAlive);
  if (remaining.length > 0) return { isEmpty: false, didSomething: false, isClean: true };
  const answers = await Promise.all(clouds.map((cloud) => cloud.cleanUp(signal)));
  for (const { removed, left } of answers) {
    for (const what of removed) notices.say('info', `removed ${what}`);
    for (const what of left) {
      const hint = `Run \`${again}\` again in a minute.`;
      notices.say('warning', `not removed: ${what}`, { hint });
    }
  }
  return {
    isEmpty: true,
    didSomething: answers.some(({ removed, left }) => removed.length + left.length > 0),
    isClean: answers.every(({ left }) => left.length === 0),
  };
};

const brief = (names: readonly string[]): string =>
  names.length <= 4
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
