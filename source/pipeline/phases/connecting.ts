import type { NodeConnection } from '../../ssh/connection.ts';
import { DeadlineExceededError, formatSeconds, withDeadline } from '../deadline.ts';
import { PhaseFailure } from '../phase-failure.ts';

export type ReachOptions = {
  /** Milliseconds after which it is given up. */
  readonly patience: number;
  readonly signal: AbortSignal;
  /** Hears each new reason for the wait. */
  readonly onWaiting?: (reason: string) => void;
};

/**
 * Makes the connection to a node, which may still be booting.
 *
 * @throws PhaseFailure that names what was waited for when the time is over, an SshError where
 * waiting can't help, and the signal's reason once that aborts.
 */
export const reach = async (
  connection: NodeConnection,
  { patience, signal, onWaiting }: ReachOptions,
): Promise<void> => {
  let reason: string | undefined;
  try {
    await withDeadline(patience, signal, (bounded) =>
      connection.connect(bounded, (next) => {
        reason = next;
        onWaiting?.(next);
      }),
    );
  } catch (error) {
    if (!(error instanceof DeadlineExceededError)) throw error;
    const { host, port } = connection.target;
    throw new PhaseFailure(
      `no SSH connection to ${host} port ${port} within ${formatSeconds(patience)}${reason === undefined ? '' : `: ${reason}`}`,
      'Look at the console output of the instance in EC2, and whether its security group lets your address in; `timeouts.connecting` in the configuration allows more.',
    );
  }
};
