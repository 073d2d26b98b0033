import { setImmediate } from 'node:timers/promises';
import { useApp, useStdin } from 'ink';
import { use } from 'react';
import { TerminalLeaseContext } from './lease.ts';

/**
 * Whether somebody else has the terminal right now: a shell on a node, or the shell that the
 * program was started from. Keys and SIGINT then go there, and the dashboard must not answer them.
 */
export type ShellState = { isOpen: boolean };

/**
 * A function that gives the terminal away for as long as some work takes, as it was before the
 * dashboard, then takes it back and draws everything again.
 *
 * @param state is told while the terminal is given away
 */
export const useHandOver = (state: ShellState) => {
  const { suspendTerminal } = useApp();
  const { stdin } = useStdin();
  const lease = use(TerminalLeaseContext);

  return (work: () => void | Promise<void>): Promise<void> =>
    suspendTerminal(async () => {
      state.isOpen = true;
      lease.release();
      try {
        // Ink's listener goes away in this turn of the loop; only then does pausing last. A stream
        // that still reads would take the other's input.
        await setImmediate();
        stdin.pause();
        await work();
      } finally {
        // A stream that is asked to read in the turn in which it paused never reads again.
        await setImmediate();
        // Keys are answered from here on, while everything is drawn again.
        state.isOpen = false;
        lease.acquire();
      }
    });
};
