import type { ExecOptions, ExecResult, NodeConnection } from '../ssh/connection.ts';
import { ConnectionLostError } from '../ssh/ssh-error.ts';
import { backOff } from './deadline.ts';
import type { NodeContext } from './node-context.ts';

/** What is done while a connection does not come: it is said, and EC2 asked whether it can. */
export const waitingFor =
  ({ machine, report }: NodeContext) =>
  (reason: string): void => {
    report.log(`waiting for SSH: ${reason}`);
    machine.doubt();
  };

/**
 * Does something that may be repeated. When the connection breaks, which is what a restart of sshd
 * or a flaky link looks like, it is made again and the work is done anew, until the signal aborts.
 *
 * @throws the connection's errors other than a lost connection.
 */
export const repeatable = async <Result>(
  context: NodeContext,
  connection: NodeConnection,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.connect(signal, waitingFor(context));
      return await work();
    } catch (error) {
      if (!(error instanceof ConnectionLostError)) throw error;
      context.report.log(`${error.message}; connecting again`);
      context.machine.doubt();
      await backOff(attempt, signal);
    }
  }
};

/** Runs a command that may be repeated. */
export const execRepeatable = (
  context: NodeContext,
  connection: NodeConnection,
  command: string,
  options: ExecOptions,
): Promise<ExecResult> =>
  repeatable(context, connection, options.signal, () => connection.exec(command, options));
