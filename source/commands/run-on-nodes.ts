import { findNodes } from '../fleet/find-nodes.ts';
import { selectNodes } from '../fleet/select-nodes.ts';
import type { Invocation } from './command.ts';
import { commandLine } from './command-line.ts';
import type { ExitStatus } from './exit-status.ts';
import { runHeadless } from './headless.ts';
import { requireReachable } from './min-ready.ts';
import { rolloutOf } from './rollout-of.ts';

/** Takes the named nodes, or all, through a part of their pipeline. */
export const runOnNodes = (
  invocation: Invocation,
  journey: 'configure' | 'push',
): Promise<ExitStatus> => {
  const rolloutFor = rolloutOf(invocation.options);
  return runHeadless(invocation, journey, {
    sendsFiles: journey === 'push',
    work: async ({ controller, emit }, { clouds, config }, signal, junit) => {
      const existing = await findNodes(clouds, signal);
      const nodes = selectNodes(existing, invocation.words);
      requireReachable(invocation, nodes.length);
      const asked = new Set(nodes.map(({ name }) => name));
      junit.leaveOut(existing.flatMap(({ name }) => (asked.has(name) ? [] : name)));
      if (nodes.length === 0) {
        emit({
          event: 'notice',
          time: Date.now(),
          level: 'info',
          message: `${config.deployment} has no nodes`,
          hint: `\`${commandLine(invocation, 'create')}\` makes them.`,
        });
        return;
      }
      controller.attach(journey, nodes);
      const names = nodes.map(({ name }) => name);
      const { actions } = controller;
      await actions.over(
        journey === 'push'
          ? actions.push(names, rolloutFor?.(names.length))
          : actions.configure(names),
      );
      await controller.settled();
    },
  });
};
