import { once } from 'node:events';

/** Milliseconds in which a job that was continued hears of it. */
const patience = 100;

/**
 * Stops the job that this process is part of, as ctrl-z in the terminal would, until somebody
 * continues it.
 *
 * @returns false where nothing was stopped: without a shell that could continue it, the system
 *   ignores the signal.
 */
export const stopJob = async (): Promise<boolean> => {
  // Only where nobody listens a signal does what it is there for.
  const listeners = process.listeners('SIGTSTP');
  process.removeAllListeners('SIGTSTP');
  const giveUp = new AbortController();
  const continued = once(process, 'SIGCONT', { signal: giveUp.signal });
  try {
    process.kill(0, 'SIGTSTP');
    // Set after the stop, which may have taken hours.
    const timer = setTimeout(() => giveUp.abort(), patience);
    const wasContinued = await continued.then(
      () => true,
      () => false,
    );
    clearTimeout(timer);
    return wasContinued;
  } finally {
    for (const listener of listeners) process.on('SIGTSTP', listener);
  }
};
