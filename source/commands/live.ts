import { describeCost } from '../reporters/event-words.ts';
import type { Invocation } from './command.ts';
import { commandLine, wayBack } from './command-line.ts';
import { startCommandTimeout } from './command-timeout.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { type FleetRun, openFleetRun } from './fleet-run.ts';
import { historyLogLines } from './history-line.ts';
import { InterruptedError, withInterruption } from './interruption.ts';
import { type JunitFile, openJunitFile, reportJunit } from './junit-file.ts';
import { verdictOn } from './min-ready.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export type LiveWork = {
  /** Whether it sends files to nodes. */
  readonly sendsFiles: boolean;
  /** Looks and asks before the dashboard opens; false means that nothing is to be done. */
  readonly before?: (workspace: Workspace, signal: AbortSignal) => Promise<boolean>;
  /** What is done while the dashboard shows it. */
  readonly work: (run: FleetRun, signal: AbortSignal, workspace: Workspace) => Promise<void>;
};

/** Drives a fleet in the dashboard, which stays until `q`. */
export const runLive = async (
  invocation: Invocation,
  command: string,
  liveWork: LiveWork,
): Promise<ExitStatus> => {
  const junit = await openJunitFile(invocation, command);
  return reportJunit(invocation, junit, () => showRun(invocation, command, liveWork, junit));
};

const showRun = async (
  invocation: Invocation,
  command: string,
  { before, sendsFiles, work }: LiveWork,
  junit: JunitFile,
): Promise<ExitStatus> => {
  const lifetime = new AbortController();
  const stopTimeout = startCommandTimeout(invocation, (error) => lifetime.abort(error));
  let shown: FleetRun | undefined;
  try {
    const prepared = await withInterruption(invocation, async (signal, end) => {
      // Who looks at the dashboard is not thrown out of it: what was logged is still worth reading.
      const endOfSandbox = (error: Error) =>
        shown === undefined ? end(error) : shown.controller.perish(error);
      const either = AbortSignal.any([signal, lifetime.signal]);
      const workspace = await openWorkspace(invocation, either, endOfSandbox);
      if (before !== undefined && !(await before(workspace, signal))) return undefined;
      return {
        workspace,
        run: await openFleetRun(invocation, workspace, {
          command,
          sendsFiles,
          watchesFleet: true,
          signal,
        }),
      };
    });
    if (prepared === undefined) {
      invocation.stderr.write('Nothing was done.\n');
      return exitStatus.success;
    }
    const { run, workspace } = prepared;
    shown = run;
    junit.follow(run);
    const working = work(run, lifetime.signal, workspace).catch((error: unknown) => {
      // Nothing that the dashboard could show came of it: leave, and say why.
      if (!lifetime.signal.aborted) lifetime.abort(error);
    });
    try {
      workspace.askNoMore();
      await showUntilLeft(invocation, workspace, run, lifetime.signal);
      lifetime.abort();
      // What was asked for in the end is done, or was left, before it is said how things stand.
      await run.end();
      invocation.stdout.write(farewell(invocation, run));
      return verdictOn(invocation, run);
    } finally {
      lifetime.abort();
      await run.close();
      await working;
    }
  } finally {
    stopTimeout();
  }
};

/** @throws InterruptedError, and the signal's reason, when the dashboard was not left by `q`. */
const showUntilLeft = async (
  invocation: Invocation,
  workspace: Workspace,
  run: FleetRun,
  signal: AbortSignal,
): Promise<void> => {
  const { environment, stderr, stdin, stdout } = invocation;
  // Terminal interfaces are loaded by those who look at one.
  const [{ runDashboard }, { createKeyMap }] = await Promise.all([
    import('../ui/run-dashboard.tsx'),
    import('../ui/keys/key-map.ts'),
  ]);
  const { keyMap, problems } = createKeyMap({ overrides: workspace.config.keys ?? {} });
  for (const message of problems) {
    run.emit({ event: 'notice', time: Date.now(), level: 'warning', message });
  }
  const outcome = await runDashboard({
    store: run.store,
    actions: run.controller.actions,
    signal,
    notifies: invocation.options.notify,
    isDriven: (node) => run.controller.isWorkingOn(node),
    commandLine: (command) => commandLine(invocation, command),
    keyMap,
    readLog: run.readLog,
    readHistory: async () => historyLogLines(await run.readHistory(), workspace.config.deployment),
    stdin,
    stdout,
    stderr,
    environment,
  });
  switch (outcome.type) {
    case 'aborted':
      throw signal.reason;
    case 'interrupted':
      throw new InterruptedError(outcome.signal, invocation);
    case 'quit':
      return;
    default:
      return outcome satisfies never;
  }
};

/** What is left when the screen is gone: how it stands, and how to come back. */
const farewell = (invocation: Invocation, run: FleetRun): string => {
  const { deployment, nodes } = run.store.getState();
  if (nodes.size === 0) return '';
  const summary = run.summarize();
  const { ready, failed, interrupted, replaced = 0, terminated } = summary;
  const runsOn = [...nodes.values()].some(
    ({ instanceId, phase }) => instanceId !== undefined && phase !== 'terminated',
  );
  const others = nodes.size - ready - failed - interrupted - replaced - terminated;
  const parts = [
    `${ready} ready`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(interrupted > 0 ? [`${interrupted} interrupted`] : []),
    ...(terminated > 0 ? [`${terminated} terminated`] : []),
    ...(replaced > 0 ? [`${replaced} replaced`] : []),
    ...(others > 0 ? [`${others} unfinished`] : []),
  ];
  return [
    `${deployment}: ${parts.join(', ')}.`,
    ...(runsOn ? [`What runs keeps running${describeCost(summary)}. ${wayBack(invocation)}`] : []),
    `Events: ${run.recording}`,
    '',
  ].join('\n');
};
