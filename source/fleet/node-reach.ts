import type { Config } from '../config/config.ts';
import { PhaseFailure } from '../pipeline/phase-failure.ts';
import { reach } from '../pipeline/phases/connecting.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import type { NodeSession } from './node-session.ts';

/** Milliseconds to wait for a node that does not answer: what is asked for is its state now. */
const longestWait = 30_000;

/**
 * The connection of a node, for work beside its runs.
 *
 * @throws PhaseFailure when the node has no machine that can be reached, SshError where waiting
 * can't help, and the signal's reason once that aborts.
 */
export const reachNode = async (
  session: Pick<NodeSession, 'log' | 'machine' | 'name'>,
  { timeouts }: Pick<Config, 'timeouts'>,
  signal: AbortSignal,
): Promise<NodeConnection> => {
  const { machine, name } = session;
  const { instance } = machine;
  if (instance === undefined || machine.isGone) {
    throw new PhaseFailure(
      machine.isGone ? `the machine of ${name} is gone` : `${name} has no machine yet`,
      '`spot-tui create` launches a new one under the same name.',
      [],
      'interrupted',
    );
  }
  if (instance.address === undefined) {
    throw new PhaseFailure(
      `the machine of ${name} has no address: it is ${instance.state}`,
      'Wait until it runs; set associate_public_ip: true for new nodes if it stays without one.',
      [],
      'boot',
    );
  }
  const connection = machine.connection(instance);
  await reach(connection, {
    patience: Math.min(timeouts.connecting, longestWait),
    signal,
    onWaiting: (reason) => {
      session.log(`waiting for SSH: ${reason}`);
      machine.doubt();
    },
  });
  return connection;
};
