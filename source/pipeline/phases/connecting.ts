import { isNearbyAddress } from '../../ec2/nearby-addresses.ts';
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
    const { target, via } = connection;
    const { host, port } = target;
    const through = via === undefined ? '' : ` through ${via.host}`;
    throw new PhaseFailure(
      `no SSH connection to ${host} port ${port}${through} within ${formatSeconds(patience)}${reason === undefined ? '' : `: ${reason}`}`,
      hintFor(connection, reason),
      [],
      'ssh',
    );
  }
};

/** Where to look depends on the way that was taken, and on how far it went. */
const hintFor = ({ target, via }: NodeConnection, reason: string | undefined): string => {
  if (via !== undefined && reason?.startsWith('jump host ') === true) {
    return `The node was not even asked for: try the jump host by hand, ssh -p ${via.port} ${via.username}@${via.host}.`;
  }
  if (via !== undefined) {
    return `Look at the console output of the instance in EC2, and whether its security group lets ${via.host} in ("ssh_allowed_cidrs"); \`timeouts.connecting\` in the configuration allows more.`;
  }
  if (isNearbyAddress(target.host) && !target.host.startsWith('127.')) {
    return `${target.host} is a private address: it is reached from its own network, through a VPN, or through a "jump_host" only. From there, look whether its security group lets you in ("ssh_allowed_cidrs").`;
  }
  return 'Look at the console output of the instance in EC2, and whether its security group lets your address in; `timeouts.connecting` in the configuration allows more.';
};
