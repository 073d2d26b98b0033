import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { useStdin, useStdout } from 'ink';
import type { SshCommand } from '../fleet/actions.ts';
import type { NodeState } from '../fleet/state.ts';
import { type ShellState, useHandOver } from './terminal/use-hand-over.ts';
import type { Feedback } from './view-state.ts';

export type { ShellState };

/** What ssh exits with when it could not connect, or lost the connection. */
const sshFailed = 255;

/**
 * A function that hands the terminal to `ssh` until that ends, then takes it back and tells how it
 * ended. If ssh itself failed, what it printed stays on the screen until Enter is pressed.
 *
 * @param state is told while a shell has the terminal
 * @param signal ends the shell when it aborts
 */
export const useShell = (state: ShellState, signal: AbortSignal) => {
  const handOver = useHandOver(state);
  const { stdin } = useStdin();
  const { stdout } = useStdout();

  return async (node: NodeState, command: SshCommand): Promise<Feedback> => {
    let feedback: Feedback = { tone: 'good', text: `Back from ${node.name}` };
    await handOver(async () => {
      stdout.write(`ssh ${node.name} ${node.address ?? ''} (exit comes back to the dashboard)\n`);
      const child = spawn(command.file, command.arguments, { stdio: 'inherit', signal });
      const [status, endedBy] = (await once(child, 'close')) as [
        number | null,
        NodeJS.Signals | null,
      ];
      feedback = describeEnd(node.name, status, endedBy);
      if (status === sshFailed) {
        stdout.write('\nssh failed. Enter comes back to the dashboard. ');
        await untilEnter(stdin, signal);
      }
    });
    return feedback;
  };
};

const describeEnd = (
  name: string,
  status: number | null,
  endedBy: NodeJS.Signals | null,
): Feedback => {
  if (endedBy !== null) return { tone: 'bad', text: `ssh to ${name} was ended by ${endedBy}` };
  if (status === 0) return { tone: 'good', text: `Back from ${name}` };
  if (status === sshFailed) {
    return { tone: 'bad', text: `ssh could not reach ${name}, or lost it (exit status 255)` };
  }
  // A shell ends with the status of its last command: no reason for alarm.
  const number = (status ?? 0) - 128;
  const cause = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  const last = `its last command exited with ${status}${cause === undefined ? '' : ` (${cause})`}`;
  return { tone: 'warning', text: `Back from ${name}: ${last}` };
};

/** Waits for a line. Reads as Ink does: a stream that once flowed would never be readable again. */
const untilEnter = async (input: NodeJS.ReadableStream, signal: AbortSignal): Promise<void> => {
  let isOver = false;
  while (!isOver) {
    await once(input, 'readable', { signal });
    const chunk = input.read();
    isOver = chunk === null || String(chunk).includes('\n');
  }
  await setImmediate();
  input.pause();
};
