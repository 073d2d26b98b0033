import { spawn } from 'node:child_process';
import { addAbortListener } from 'node:events';
import { constants } from 'node:os';
import type { OpenSshCommand } from '../ssh/openssh-command.ts';
import type { RunCommand } from './command.ts';
import { type ExitStatus, UsageError } from './exit-status.ts';
import { requireOneNode, withNodes } from './node-command.ts';
import { nodeLine } from './node-text.ts';

/** Runs the system's ssh for a node and ends with its exit status. */
export const run: RunCommand = (invocation) =>
  withNodes(invocation, async ({ access, nodes, reach, signal }) => {
    const node = requireOneNode(invocation, nodes, 'ssh <node> [-- command…]');
    const connection = access.connect(node.instance, ({ fingerprint, trust }) => {
      if (trust === 'verified') return;
      invocation.stderr.write(
        nodeLine(
          invocation,
          node.name,
          `warning: nobody vouches for its host key ${fingerprint}, it is trusted since first sight`,
        ),
      );
    });
    try {
      // Verifies and pins the host key where it is new: ssh itself may not decide on it.
      await reach(node, connection);
    } finally {
      connection.close();
    }
    const { remoteCommand = [] } = invocation;
    const command = remoteCommand.length === 0 ? undefined : remoteCommand;
    return runOpenSsh(access.openSsh(node.instance, command), signal);
  });

/** Gives the terminal to ssh until that ends, or the signal ends it. */
const runOpenSsh = (
  { file, arguments: words }: OpenSshCommand,
  signal: AbortSignal,
): Promise<ExitStatus> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, words, { stdio: 'inherit' });
    const abort = addAbortListener(signal, () => child.kill());
    child.on('error', (error) => {
      reject(
        new UsageError(`${file} can't be run: ${error.message}`, 'Install the OpenSSH client.'),
      );
    });
    child.on('exit', (code, killer) => {
      abort[Symbol.dispose]();
      resolve(code ?? 128 + (killer === null ? 1 : constants.signals[killer]));
    });
  });
