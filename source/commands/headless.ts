import { createCiLines } from '../reporters/ci-lines.ts';
import { createNdjsonReporter } from '../reporters/ndjson.ts';
import type { Invocation } from './command.ts';
import type { ExitStatus } from './exit-status.ts';
import { type FleetRun, openFleetRun } from './fleet-run.ts';
import { untilAborted, withInterruption } from './interruption.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export type HeadlessWork = {
  /** Whether it sends files to nodes. */
  readonly sendsFiles: boolean;
  /** Looks before anything is read or contacted; what it throws ends the command. */
  readonly before?: (workspace: Workspace) => Promise<void>;
  readonly work: (run: FleetRun, workspace: Workspace, signal: AbortSignal) => Promise<void>;
};

/**
 * Drives a fleet without a dashboard: every event a line, the summary last, and an exit status that
 * says whether all nodes are ready.
 */
export const runHeadless = (
  invocation: Invocation,
  command: string,
  { before, sendsFiles, work }: HeadlessWork,
): Promise<ExitStatus> =>
  withInterruption(invocation, async (signal) => {
    const workspace = await openWorkspace(invocation, signal);
    await before?.(workspace);
    const run = await openFleetRun(invocation, workspace, { command, sendsFiles, signal });
    run.addReporter(reporterFor(invocation));
    try {
      await untilAborted(signal, work(run, workspace, signal));
      run.emit(run.summarize());
      return run.exitStatus();
    } catch (error) {
      if (run.store.getState().nodes.size > 0) run.emit(run.summarize());
      throw error;
    } finally {
      await run.close();
    }
  });

/** The view of the events that the options ask for. */
export const reporterFor = ({ environment, options, stdout }: Invocation) =>
  options.json
    ? createNdjsonReporter(stdout)
    : createCiLines(stdout, { verbose: options.verbose, environment });
