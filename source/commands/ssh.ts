import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { withDeadline } from '../pipeline/deadline.ts';
import type { OpenSshCommand } from '../ssh/openssh-command.ts';
import type { RunCommand } from './command.ts';
import { type ExitStatus, UsageError } from './exit-status.ts';
import { requireOneNode, withNodes } from './node-command.ts';

/** Runs the system's ssh for a node and ends with its exit status. */
export const run: RunCommand = async (invocation) => {
  const command = await prepare(invocation);
  return runInteractively(command);
};

/** The command to run, once the node's host key is pinned: ssh itself may not decide on it. */
const prepare = async (invocation: Parameters<RunCommand>[0]): Promise<OpenSshCommand> => {
  const prepared = Promise.withResolvers<OpenSshCommand>();
  await withNodes(invocation, async ({ access, nodes, signal, workspace }) => {
    const { instance } = requireOneNode(invocation, nodes, 'ssh <node> [-- command…]');
    const connection = access.connect(instance);
    try {
      await withDeadline(workspace.config.timeouts.connecting, signal, (bounded) =>
        connection.connect(bounded, (reason) => {
          invocation.stderr.write(`waiting for SSH: ${reason}\n`);
        }),
      );
    } finally {
      connection.close();
    }
    prepared.resolve(access.openSsh(instance, invocation.remoteCommand));
    return 0;
  });
  return prepared.promise;
};

const runInteractively = ({ file, arguments: words }: OpenSshCommand): Promise<ExitStatus> => {
  // Ctrl-c belongs to what runs on the node; ssh passes it on or ends by it.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  return new Promise((resolve, reject) => {
    const child = spawn(file, words, { stdio: 'inherit' });
    child.on('error', (error) => {
      reject(
        new UsageError(`${file} can't be run: ${error.message}`, 'Install the OpenSSH client.'),
      );
    });
    child.on('exit', (code, signal) => {
      process.off('SIGINT', ignore);
      resolve(code ?? 128 + (signal === null ? 1 : constants.signals[signal]));
    });
  });
};
