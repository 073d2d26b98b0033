import { rm } from 'node:fs/promises';
import { nameInstances } from '../fleet/node-names.ts';
import { type Notices, noticesAs } from '../fleet/notices.ts';
import { isAlive } from '../fleet/plan.ts';
import { selectNodes } from '../fleet/select-nodes.ts';
import { cleanRegions } from './clean-regions.ts';
import type { Invocation, RunCommand } from './command.ts';
import { commandLine } from './command-line.ts';
import { confirm } from './confirm.ts';
import { destroyExpired } from './destroy-expired.ts';
import { everyRegion, isSeen, isUnseen, scanRegions, type Unseen } from './every-region.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { openMachineRun } from './fleet-run.ts';
import { withInterruption } from './interruption.ts';
import { prove } from './proof.ts';
import { runReporters } from './run-reporters.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Terminates nodes and cleans up behind the last one. */
export const run: RunCommand = (invocation) =>
  withInterruption(invocation, async (signal, end) => {
    if (invocation.options.expired) return destroyExpired(invocation, signal);
    const workspace = await openWorkspace(invocation, signal, end);
    return destroy(invocation, workspace, signal);
  });

const destroy = async (
  invocation: Invocation,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<ExitStatus> => {
  const { config } = workspace;
  const { options, stderr, words } = invocation;
  const { clouds, limit } =
    options.region === undefined
      ? await everyRegion(workspace, signal)
      : { clouds: workspace.clouds, limit: undefined };
  if (limit !== undefined) {
    stderr.write(
      `warning: only the regions of the configuration are looked at: ${limit.message}\n`,
    );
  }
  const sights = await scanRegions(clouds, signal);
  const seen = sights.filter(isSeen);
  const unseen = sights.filter(isUnseen);
  const [firstUnseen] = unseen;
  if (seen.length === 0 && firstUnseen !== undefined) throw firstUnseen.error;
  const living = seen.flatMap(({ scan }) => scan.instances.filter(isAlive));
  const nodes = selectNodes(nameInstances(living), words);
  const names = nodes.map(({ name }) => name);
  const isLast = nodes.length === living.length;
  if (options.dryRun) {
    const resources = isLast ? seen.flatMap(({ scan }) => scan.resources) : [];
    showWhatWouldGo(invocation, config.deployment, names, resources);
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
  const configured = new Set(config.regions.map(({ region }) => region));
  const concerned = seen.filter(
    ({ cloud, scan }) => configured.has(cloud.region) || scan.instances.some(isAlive),
  );
  const fleet = openMachineRun(
    invocation,
    { ...workspace, clouds: concerned.map(({ cloud }) => cloud) },
    'destroy',
  );
  for (const reporter of runReporters(invocation, fleet.recording)) fleet.addReporter(reporter);
  const notices = noticesAs(fleet.emit, Date.now);
  try {
    let status = sayUnseen(unseen, configured, notices);
    let refusal: unknown;
    if (nodes.length > 0) {
      fleet.controller.attach('destroy', nodes);
      try {
        await fleet.controller.terminateAll(signal);
      } catch (error) {
        signal.throwIfAborted();
        // One region's refusal does not keep what belongs to nodes of others.
        refusal = error;
      }
    }
    if (isLast) {
      const again = commandLine(invocation, 'destroy');
      const cleaning = await cleanRegions(
        {
          found: seen,
          dismissed: new Set(nodes.map(({ instance }) => instance.instanceId)),
          visibility: workspace.isSandbox ? 3_000 : 30_000,
          again,
          notices,
        },
        signal,
      );
      if (nodes.length === 0 && !cleaning.didSomething) {
        notices.say('info', 'Nothing to destroy.');
      }
      const areAll = limit === undefined && options.region === undefined;
      const isClean = prove({
        deployment: config.deployment,
        sights: [...cleaning.sights, ...unseen],
        areAll,
        again,
        notices,
      });
      if (isClean && areAll && unseen.length === 0) {
        await rm(workspace.folders.knownHosts(config.deployment), { force: true });
      }
      if (!isClean) status ||= exitStatus.failure;
    }
    if (refusal !== undefined) throw refusal;
    return status;
  } finally {
    await fleet.end();
    if (nodes.length > 0) fleet.emit(fleet.summarize());
    await fleet.close();
  }
};

const showWhatWouldGo = (
  { options, stdout }: Invocation,
  deployment: string,
  nodes: readonly string[],
  resources: readonly string[],
): void => {
  if (options.json) {
    stdout.write(`${JSON.stringify({ deployment, nodes, resources })}\n`);
    return;
  }
  const lines = [
    ...(nodes.length === 0 ? [] : [`Would terminate ${nodes.join(', ')}.`]),
    ...resources.map((resource) => `Would remove ${resource}.`),
  ];
  stdout.write(`${lines.length === 0 ? 'Nothing to destroy.' : lines.join('\n')}\n`);
};

/**
 * Names the regions that could not be looked at.
 *
 * @returns The exit status because of those that the configuration names: what runs there is known
 * to nobody. Others may be disabled for good reasons.
 */
const sayUnseen = (
  unseen: readonly Unseen[],
  configured: ReadonlySet<string>,
  notices: Notices,
): ExitStatus => {
  let status: ExitStatus = exitStatus.success;
  for (const { cloud, error } of unseen) {
    const { region } = cloud;
    const isConfigured = configured.has(region);
    if (isConfigured) status = Math.max(status, error.exitStatus);
    notices.say(isConfigured ? 'error' : 'warning', `not looked at: ${error.message}`, {
      hint: error.hint,
      topic: error.topic,
      region,
    });
  }
  return status;
};

const brief = (names: readonly string[]): string =>
  names.length <= 4
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
