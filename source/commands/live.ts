import type { Invocation } from './command.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { type FleetRun, isAllReady, openFleetRun } from './fleet-run.ts';
import { interruptionNotice } from './headless.ts';
import { CommandTimeoutError, InterruptedError, withInterruption } from './interruption.ts';
import { reportError } from './report-error.ts';
import { commandTimeout, openWorkspace, type Workspace } from './workspace.ts';

export type LiveWork = {
  /** Looks and asks before the dashboard opens; false means that nothing is to be done. */
  readonly before?: (workspace: Workspace, signal: AbortSignal) => Promise<boolean>;
  /** What is done while the dashboard shows it. */
  readonly work: (run: FleetRun, signal: AbortSignal, workspace: Workspace) => Promise<void>;
};

/** Drives a fleet in the dashboard, which stays until `q`. */
export const runLive = async (
  invocation: Invocation,
  command: string,
  { before, work }: LiveWork,
): Promise<ExitStatus> => {
  const prepared = await withInterruption({}, async (signal) => {
    const workspace = await openWorkspace(invocation, signal);
    if (before !== undefined && !(await before(workspace, signal))) return undefined;
    return {
      workspace,
      run: await openFleetRun(invocation, workspace, { command }),
    };
  });
  if (prepared === undefined) {
    invocation.stderr.write('Nothing was done.\n');
    return exitStatus.success;
  }
  const { run, workspace } = prepared;
  const lifetime = new AbortController();
  const timeout = commandTimeout(invocation);
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(
          () => lifetime.abort(new CommandTimeoutError(timeout.text)),
          timeout.milliseconds,
        );
  let trouble: unknown;
  const working = work(run, lifetime.signal, workspace).catch((error: unknown) => {
    if (lifetime.signal.aborted) return;
    // Nothing that the dashboard could show came of it: leave, and say why.
    trouble = error;
    lifetime.abort(error);
  });
  try {
    // Terminal interfaces are loaded by those who look at one.
    const { runDashboard } = await import('../ui/run-dashboard.tsx');
    const outcome = await runDashboard({
      store: run.store,
      actions: run.controller,
      signal: lifetime.signal,
      isDriven: (node) => run.controller.isWorkingOn(node),
      stdin: invocation.stdin,
      stdout: invocation.stdout,
      stderr: invocation.stderr,
      environment: invocation.environment,
    });
    const reason: unknown = lifetime.signal.reason;
    if (outcome.type === 'aborted' && reason !== undefined) throw reason;
    if (outcome.type === 'interrupted') {
      const interrupted = new InterruptedError(outcome.signal);
      invocation.stderr.write(`${interruptionNotice(interrupted, workspace.isSandbox)}\n`);
      return interrupted.exitStatus;
    }
    sayGoodbye(invocation, run, workspace);
    return (
      run.controller.fatalExitStatus ||
      (isAllReady(run.store.getState()) ? exitStatus.success : exitStatus.failure)
    );
  } finally {
    clearTimeout(timer);
    lifetime.abort();
    await run.close();
    await working;
    if (trouble !== undefined && invocation.options.debug) {
      reportError(trouble, { stderr: invocation.stderr, debug: true });
    }
  }
};

/** What is left when the screen is gone: how it stands, and how to come back. */
const sayGoodbye = (
  { stdout }: Invocation,
  run: FleetRun,
  { config, isSandbox }: Workspace,
): void => {
  const { nodes } = run.store.getState();
  if (nodes.size === 0) return;
  const { ready, failed, interrupted, terminated } = run.summarize();
  const others = nodes.size - ready - failed - interrupted - terminated;
  const parts = [
    `${ready} ready`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(interrupted > 0 ? [`${interrupted} interrupted`] : []),
    ...(terminated > 0 ? [`${terminated} terminated`] : []),
    ...(others > 0 ? [`${others} unfinished`] : []),
  ];
  const flag = isSandbox ? ' --sandbox' : '';
  stdout.write(
    [
      `${config.deployment}: ${parts.join(', ')}.`,
      ...(terminated === nodes.size
        ? []
        : [
            `What runs keeps running. Attach with \`spot-tui${flag}\`, end it with \`spot-tui destroy${flag}\`.`,
          ]),
      `Events: ${run.recording}`,
      '',
    ].join('\n'),
  );
};
