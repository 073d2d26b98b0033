import { findNodes } from '../fleet/find-nodes.ts';
import { selectNodes } from '../fleet/select-nodes.ts';
import type { Invocation } from './command.ts';
import type { ExitStatus } from './exit-status.ts';
import { runHeadless } from './headless.ts';

/** Takes the named nodes, or all, through a part of their pipeline. */
export const runOnNodes = (
  invocation: Invocation,
  journey: 'configure' | 'push',
): Promise<ExitStatus> =>
  runHeadless(invocation, journey, {
    sendsFiles: journey === 'push',
    work: async ({ controller, emit }, { clouds, config }, signal) => {
      const nodes = selectNodes(await findNodes(clouds, signal), invocation.words);
      if (nodes.length === 0) {
        emit({
          event: 'notice',
          time: Date.now(),
          level: 'info',
          message: `${config.deployment} has no nodes`,
          hint: '`spot-tui create` makes them.',
        });
        return;
      }
      controller.attach(journey, nodes, journey);
      await controller.settled();
    },
  });
