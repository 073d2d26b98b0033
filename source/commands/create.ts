import { ConfigError } from '../config/issue.ts';
import { checkPaths } from '../config/paths.ts';
import { describeAll } from '../fleet/find-nodes.ts';
import { isAlive } from '../fleet/plan.ts';
import type { Invocation, RunCommand } from './command.ts';
import { confirm } from './confirm.ts';
import { type ExitStatus, exitStatus, UsageError } from './exit-status.ts';
import { runHeadless } from './headless.ts';
import { isInteractive, showsDashboard } from './interactivity.ts';
import { withInterruption } from './interruption.ts';
import { showPlan } from './launch-plan.ts';
import { runLive } from './live.ts';
import { requireReachable } from './min-ready.ts';
import { stayWithWatch } from './stay.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Brings the fleet to the configured size, every node ready. */
export const run: RunCommand = async (invocation) => {
  if (invocation.options.dryRun) return dryRun(invocation);
  const before = (workspace: Workspace, signal: AbortSignal) =>
    agree(invocation, workspace, signal);
  if (showsDashboard(invocation)) {
    return runLive(invocation, 'create', {
      sendsFiles: true,
      before,
      work: ({ controller }, signal) => controller.create(signal),
    });
  }
  return runHeadless(invocation, 'create', {
    sendsFiles: true,
    before,
    work: async ({ controller }, _workspace, signal) => {
      await controller.create(signal);
      await stayWithWatch(invocation, signal);
    },
  });
};

/** Whether to go ahead: who is there and pays is shown the plan, and asked. */
const agree = async (
  invocation: Invocation,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<boolean> => {
  await requirePaths(workspace);
  await requireSize(invocation, workspace, signal);
  if (workspace.isSandbox || invocation.options.yes || !isInteractive(invocation)) return true;
  await showPlan(invocation, workspace, signal, { lenient: false });
  return confirm(invocation, 'Go ahead?', signal);
};

const dryRun = async (invocation: Invocation): Promise<ExitStatus> => {
  if (invocation.options.junit !== undefined) {
    throw new UsageError(
      '--junit reports what became of nodes, and --dry-run does nothing to any',
      'Leave one of the two out.',
    );
  }
  return withInterruption(invocation, async (signal) => {
    await showPlan(invocation, await openWorkspace(invocation, signal), signal, { lenient: true });
    return exitStatus.success;
  });
};

/** A fleet may be larger than the configuration says: `create` never shrinks one. */
const requireSize = async (
  invocation: Invocation,
  { clouds, config: { totalInstances } }: Workspace,
  signal: AbortSignal,
): Promise<void> => {
  const { minReady = 0 } = invocation.options;
  if (minReady <= totalInstances) return;
  const existing = (await describeAll(clouds, signal)).filter(isAlive);
  requireReachable(invocation, Math.max(totalInstances, existing.length));
};

/** Everything that the configuration names is there before anything is launched. */
const requirePaths = async ({ config, issueAt }: Workspace): Promise<void> => {
  const issues = await checkPaths(config, issueAt);
  if (issues.length > 0) throw new ConfigError(issues);
};
