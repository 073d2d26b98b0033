import type { Invocation } from './command.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { untilFailure } from './fail-fast.ts';
import { type FleetRun, openFleetRun } from './fleet-run.ts';
import { untilAborted, withInterruption } from './interruption.ts';
import { type JunitFile, openJunitFile, reportJunit } from './junit-file.ts';
import { tellVerdict, verdictOn } from './min-ready.ts';
import { runReporters } from './run-reporters.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export type HeadlessWork = {
  /** Whether it sends files to nodes. */
  readonly sendsFiles: boolean;
  /**
   * Looks, and asks where somebody is there, before anything is read or contacted; false means that
   * nothing is to be done, and what it throws ends the command.
   */
  readonly before?: (workspace: Workspace, signal: AbortSignal) => Promise<boolean>;
  readonly work: (
    run: FleetRun,
    workspace: Workspace,
    signal: AbortSignal,
    junit: JunitFile,
  ) => Promise<void>;
};

/**
 * Drives a fleet without a dashboard: every event a line, the summary last, and an exit status that
 * says whether all nodes are ready.
 */
export const runHeadless = async (
  invocation: Invocation,
  command: string,
  headless: HeadlessWork,
): Promise<ExitStatus> => {
  const junit = await openJunitFile(invocation, command);
  // Around the interruption, so that what it makes of the end is reported, and no end is missed.
  return reportJunit(invocation, junit, () =>
    withInterruption(invocation, (signal, end) =>
      driveHeadless(invocation, command, headless, { junit, signal, end }),
    ),
  );
};

const driveHeadless = async (
  invocation: Invocation,
  command: string,
  { before, sendsFiles, work }: HeadlessWork,
  {
    end,
    junit,
    signal,
  }: {
    readonly end: (reason: Error) => void;
    readonly junit: JunitFile;
    readonly signal: AbortSignal;
  },
): Promise<ExitStatus> => {
  const workspace = await openWorkspace(invocation, signal, end);
  if (before !== undefined && !(await before(workspace, signal))) {
    invocation.stderr.write('Nothing was done.\n');
    return exitStatus.success;
  }
  const run = await openFleetRun(invocation, workspace, {
    command,
    sendsFiles,
    watchesFleet: invocation.options.watch,
    signal,
  });
  junit.follow(run);
  for (const reporter of runReporters(invocation, run.recording)) run.addReporter(reporter);
  try {
    const begin = () => work(run, workspace, signal, junit);
    await untilAborted(signal, () => untilFailure(invocation, run, begin));
    await run.end();
    tellVerdict(invocation, run);
    run.emit(run.summarize());
    return verdictOn(invocation, run);
  } catch (error) {
    await run.end();
    if (run.store.getState().nodes.size > 0) run.emit(run.summarize());
    throw error;
  } finally {
    await run.close();
  }
};
