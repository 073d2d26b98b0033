import { addAbortListener } from 'node:events';

/** Waits that many milliseconds; rejects with the signal's reason once that aborts. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const listener = addAbortListener(signal, () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
    const timer = setTimeout(() => {
      listener[Symbol.dispose]();
      resolve();
    }, milliseconds);
  });
