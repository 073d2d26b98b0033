import { isSettled } from '../events/phase.ts';
import type { Invocation } from './command.ts';
import { type ExitStatus, exitStatus, UsageError } from './exit-status.ts';
import type { FleetRun } from './fleet-run.ts';

type Asked = Pick<Invocation, 'options'>;

/**
 * Refuses a `--min-ready` that can't be met.
 *
 * @param size Nodes that the command is about.
 * @throws UsageError
 */
export const requireReachable = ({ options: { minReady } }: Asked, size: number): void => {
  if (minReady === undefined || minReady <= size) return;
  throw new UsageError(
    `--min-ready ${minReady} is more than the ${size === 1 ? 'one node' : `${size} nodes`} that this is about`,
    'Ask for fewer, or for a larger fleet with --count or in the configuration.',
  );
};

/** What the command ends with now: with `--min-ready`, so many ready nodes are enough. */
export const verdictOn = ({ options: { minReady } }: Asked, run: FleetRun): ExitStatus => {
  if (minReady === undefined) return run.exitStatus();
  const nodes = [...run.store.getState().nodes.values()];
  const ready = nodes.filter(({ phase }) => phase === 'ready').length;
  const haveSettled = nodes.every(
    ({ name, phase }) => isSettled(phase) || run.controller.isDismissed(name),
  );
  if (ready >= minReady && haveSettled) return exitStatus.success;
  return run.exitStatus() || exitStatus.failure;
};

/** Says among the events what `--min-ready` makes of a fleet that is not all ready. */
export const tellVerdict = (asked: Asked, run: FleetRun): void => {
  const { minReady } = asked.options;
  if (minReady === undefined || run.exitStatus() === exitStatus.success) return;
  const { nodes } = run.store.getState();
  const isEnough = verdictOn(asked, run) === exitStatus.success;
  const { ready } = run.summarize();
  run.emit({
    event: 'notice',
    time: Date.now(),
    level: isEnough ? 'info' : 'error',
    message: isEnough
      ? `${ready} of ${nodes.size} nodes are ready: enough for --min-ready ${minReady}`
      : `${ready} of ${nodes.size} nodes are ready: not enough for --min-ready ${minReady}`,
  });
};
