import { createCiLines } from '../reporters/ci-lines.ts';
import { createNdjsonReporter } from '../reporters/ndjson.ts';
import type { Invocation } from './command.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { type FleetRun, isAllReady, openFleetRun } from './fleet-run.ts';
import { InterruptedError, untilAborted, withInterruption } from './interruption.ts';
import { commandTimeout, openWorkspace, type Workspace } from './workspace.ts';

export type HeadlessWork = {
  /** Looks before anything is read or contacted; what it throws ends the command. */
  readonly before?: (workspace: Workspace) => Promise<void>;
  readonly work: (run: FleetRun, workspace: Workspace, signal: AbortSignal) => Promise<void>;
};

/**
 * Drives a fleet without a dashboard: every event a line, the summary last, and an exit status that
 * says whether all nodes are ready.
 */
export const runHeadless = async (
  invocation: Invocation,
  command: string,
  { before, work }: HeadlessWork,
): Promise<ExitStatus> => {
  const { options, stderr } = invocation;
  const timeout = commandTimeout(invocation);
  return withInterruption(timeout === undefined ? {} : { timeout }, async (signal) => {
    const workspace = await openWorkspace(invocation, signal);
    await before?.(workspace);
    const run = await openFleetRun(invocation, workspace, { command });
    run.addReporter(reporterFor(invocation));
    try {
      await untilAborted(signal, work(run, workspace, signal));
      run.emit(run.summarize());
      return (
        run.controller.fatalExitStatus ||
        (isAllReady(run.store.getState()) ? exitStatus.success : exitStatus.failure)
      );
    } catch (error) {
      if (run.store.getState().nodes.size > 0) run.emit(run.summarize());
      if (error instanceof InterruptedError) {
        stderr.write(`${interruptionNotice(error, options.sandbox !== undefined)}\n`);
        return error.exitStatus;
      }
      throw error;
    } finally {
      await run.close();
    }
  });
};

/** The last line of an interrupted command. */
export const interruptionNotice = ({ signal }: InterruptedError, isSandbox: boolean): string => {
  const flag = isSandbox ? ' --sandbox' : '';
  return `${signal}: what runs keeps running. Attach with \`spot-tui${flag}\`, end it with \`spot-tui destroy${flag}\`.`;
};

/** The view of the events that the options ask for. */
export const reporterFor = ({ environment, options, stdout }: Invocation) =>
  options.json
    ? createNdjsonReporter(stdout)
    : createCiLines(stdout, { verbose: options.verbose, environment });
