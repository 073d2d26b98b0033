import type { ExecOptions, ExecResult, NodeConnection } from '../ssh/connection.ts';
import { ConnectionLostError } from '../ssh/ssh-error.ts';
import { backOff } from './deadline.ts';
import type { NodeReport } from './node-report.ts';

/**
 * Does something that may be repeated. When the connection breaks, which is what a restart of sshd
 * or a flaky link looks like, it is made again and the work is done anew, until the signal aborts.
 *
 * @throws the connection's errors other than a lost connection.
 */
export const repeatable = async <Result>(
  report: Pick<NodeReport, 'log'>,
  connection: NodeConnection,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.connect(signal);
      return await work();
    } catch (error) {
      if (!(error instanceof ConnectionLostError)) throw error;
      report.log(`${error.message}; connecting again`);
      await backOff(attempt, signal);
    }
  }
};

/** Runs a command that may be repeated. */
export const execRepeatable = (
  { connection, report }: { connection: NodeConnection; report: Pick<NodeReport, 'log'> },
  command: string,
  options: ExecOptions,
): Promise<ExecResult> =>
  repeatable(report, connection, options.signal, () => connection.exec(command, options));
