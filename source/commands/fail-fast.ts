import type { FailedEvent, FleetEvent } from '../events/event.ts';
import { isSettled } from '../events/phase.ts';
import type { FleetState } from '../fleet/state.ts';
import type { Invocation } from './command.ts';
import { wayBack } from './command-line.ts';
import { exitStatus } from './exit-status.ts';
import type { FleetRun } from './fleet-run.ts';

/** `--fail-fast` ended the command. What runs in EC2 keeps running, and the hint says so. */
export class FailFastError extends Error {
  override readonly name = 'FailFastError';
  readonly exitStatus = exitStatus.failure;
  readonly hint: string;

  constructor(
    { failedPhase, node, reason }: FailedEvent,
    { nodes }: FleetState,
    invocation: Pick<Invocation, 'options'>,
  ) {
    const unfinished = [...nodes.values()].filter(({ phase }) => !isSettled(phase));
    super(
      [
        `--fail-fast: ${node} failed in ${failedPhase}: ${reason}`,
        unfinished.length === 0
          ? 'No other node was unfinished.'
          : `Unfinished: ${unfinished.map(({ name, phase }) => `${name} (${phase})`).join(', ')}`,
      ].join('\n'),
    );
    this.hint = `What runs keeps running. ${wayBack(invocation)}`;
  }
}

/**
 * Does the work; with `--fail-fast` only until a node fails, or with `--min-ready` until that many
 * nodes can't be ready any more.
 *
 * @throws FailFastError, and what the work throws.
 */
export const untilFailure = async (
  invocation: Pick<Invocation, 'options'>,
  run: Pick<FleetRun, 'addReporter' | 'store'>,
  work: () => Promise<void>,
): Promise<void> => {
  const { failFast, minReady } = invocation.options;
  if (!failFast) return work();
  const failure = Promise.withResolvers<never>();
  const watch = (event: FleetEvent): void => {
    if (event.event !== 'phase' || event.phase !== 'failed') return;
    const state = run.store.getState();
    if (minReady !== undefined && reachable(state) >= minReady) return;
    failure.reject(new FailFastError(event, state, invocation));
  };
  run.addReporter(Object.assign(watch, { flush: () => Promise.resolve() }));
  await Promise.race([work(), failure.promise]);
};

/** Nodes that are ready or may become so. */
const reachable = ({ nodes }: FleetState): number =>
  [...nodes.values()].filter(
    ({ phase }) => phase === 'ready' || !(isSettled(phase) || phase === 'terminating'),
  ).length;
