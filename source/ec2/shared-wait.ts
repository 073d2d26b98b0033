import { abortable } from './abortable.ts';

/** One piece of work for all who wait for its end. */
export type SharedWait = {
  readonly isRunning: boolean;
  /**
   * Begins the work, or joins what has begun. Rejects with the signal's reason as soon as that
   * aborts; the work itself is aborted when nobody is left.
   */
  join(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
};

type Running = {
  readonly over: Promise<void>;
  readonly controller: AbortController;
  members: number;
};

export const createSharedWait = (): SharedWait => {
  let current: Running | undefined;

  const begin = (work: (signal: AbortSignal) => Promise<void>): Running => {
    const controller = new AbortController();
    const over = work(controller.signal).finally(() => {
      if (current === running) current = undefined;
    });
    const running: Running = { over, controller, members: 0 };
    // Whoever left has its own rejection.
    over.catch(() => undefined);
    return running;
  };

  return {
    get isRunning() {
      return current !== undefined;
    },
    async join(work, signal) {
      signal.throwIfAborted();
      const running = current ?? begin(work);
      current = running;
      running.members += 1;
      try {
        await abortable(running.over, signal);
      } finally {
        running.members -= 1;
        if (running.members === 0 && current === running) {
          current = undefined;
          running.controller.abort(signal.reason);
        }
      }
    },
  };
};
