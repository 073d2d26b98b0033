import { addAbortListener } from 'node:events';

/** One attempt at something, for everybody who wants its result. */
export type SharedAttempt<Result> = {
  /**
   * Waits for the result. Rejects with the signal's reason once that aborts; when everybody has
   * left this way, the attempt itself is aborted. `onWaiting` hears the current reason for the
   * wait, and each new one.
   */
  join(signal: AbortSignal, onWaiting?: (reason: string) => void): Promise<Result>;
  /** Ends the attempt: everybody's wait rejects with the reason. */
  abort(reason: unknown): void;
};

/** Starts an attempt; `onOver` is called as soon as nobody may join it any more. */
export const shareAttempt = <Result>(
  attempt: (signal: AbortSignal, onWaiting: (reason: string) => void) => Promise<Result>,
  onOver: () => void,
): SharedAttempt<Result> => {
  const controller = new AbortController();
  const listeners = new Set<(reason: string) => void>();
  let members = 0;
  let current: string | undefined;

  const result = attempt(controller.signal, (reason) => {
    if (reason === current) return;
    current = reason;
    for (const listener of listeners) listener(reason);
  }).finally(onOver);
  // Whoever left has its own rejection.
  result.catch(() => undefined);

  const abort = (reason: unknown) => {
    onOver();
    controller.abort(reason);
  };

  return {
    abort,
    join: (signal, onWaiting) => {
      members += 1;
      if (onWaiting !== undefined) {
        listeners.add(onWaiting);
        if (current !== undefined) onWaiting(current);
      }

      return new Promise((resolve, reject) => {
        let left = false;
        const leave = () => {
          if (left) return;
          left = true;
          listener[Symbol.dispose]();
          if (onWaiting !== undefined) listeners.delete(onWaiting);
          members -= 1;
        };
        const listener = addAbortListener(signal, () => {
          leave();
          if (members === 0) abort(signal.reason);
          reject(signal.reason);
        });
        result.finally(leave).then(resolve, reject);
      });
    },
  };
};
