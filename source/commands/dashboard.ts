import { findNodes } from '../fleet/find-nodes.ts';
import type { RunCommand } from './command.ts';
import type { FleetRun } from './fleet-run.ts';
import { runHeadless } from './headless.ts';
import { showsDashboard } from './interactivity.ts';
import { runLive } from './live.ts';
import { stayWithWatch } from './stay.ts';
import type { Workspace } from './workspace.ts';

/** Attaches to the deployment: in a terminal the dashboard, elsewhere a line for every event. */
export const run: RunCommand = (invocation) =>
  showsDashboard(invocation)
    ? runLive(invocation, 'attach', {
        sendsFiles: false,
        work: (run, signal, workspace) => attach(run, workspace, signal),
      })
    : runHeadless(invocation, 'attach', {
        sendsFiles: false,
        work: async (run, workspace, signal) => {
          await attach(run, workspace, signal);
          await stayWithWatch(invocation, signal);
        },
      });

const attach = async (
  { controller }: FleetRun,
  { clouds }: Workspace,
  signal: AbortSignal,
): Promise<void> => {
  controller.attach('attach', await findNodes(clouds, signal), 'observe');
  await controller.settled();
};
