import { findNodes } from '../fleet/find-nodes.ts';
import type { RunCommand } from './command.ts';
import { runHeadless } from './headless.ts';
import { isInteractive } from './interactivity.ts';
import { runLive } from './live.ts';

/** Attaches to the deployment: in a terminal the dashboard, elsewhere a line for every event. */
export const run: RunCommand = (invocation) =>
  isInteractive(invocation)
    ? runLive(invocation, 'attach', {
        work: async ({ controller }, signal, { clouds }) => {
          controller.attach('attach', await findNodes(clouds, signal), 'observe');
          await controller.settled();
        },
      })
    : runHeadless(invocation, 'attach', async ({ controller }, { clouds }, signal) => {
        controller.attach('attach', await findNodes(clouds, signal), 'observe');
        await controller.settled();
      });
