import type { ExecOptions, ExecResult, NodeConnection } from '../ssh/connection.ts';
import { ConnectionLostError } from '../ssh/ssh-error.ts';
import { backOff } from './deadline.ts';
import type { NodeReport } from './node-report.ts';

/**
 * Runs a command that may be repeated. When the connection breaks, which is what a restart of sshd
 * or a flaky link looks like, it is made again and the command runs anew, until the signal aborts.
 *
 * @throws the connection's errors other than a lost connection.
 */
export const execRepeatable = async (
  { connection, report }: { connection: NodeConnection; report: NodeReport },
  command: string,
  options: ExecOptions,
): Promise<ExecResult> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.connect(options.signal);
      return await connection.exec(command, options);
    } catch (error) {
      if (!(error instanceof ConnectionLostError)) throw error;
      report.log(`${error.message}; connecting again`);
      await backOff(attempt, options.signal);
    }
  }
};
