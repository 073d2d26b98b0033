import { addAbortListener } from 'node:events';

/**
 * Lets a limited number of handshakes through at a time, first come first served. Each one costs
 * milliseconds of computing; a thousand at once would freeze the program for seconds.
 */
export type Admission = {
  /**
   * Resolves once there is room, with a function that gives the room back; calling it twice does
   * no harm. Rejects with the signal's reason when that aborts first.
   */
  enter(signal: AbortSignal): Promise<() => void>;
};

/** Handshakes at a time: enough to hide the network, few enough to keep the screen alive. */
export const handshakesAtOnce = 24;

/** Makes an admission that is to be shared by all connections of a program. */
export const createAdmission = (limit: number): Admission => {
  let inside = 0;
  const queue: Array<() => void> = [];

  const admit = (): (() => void) => {
    inside += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      inside -= 1;
      queue.shift()?.();
    };
  };

  return {
    enter: async (signal) => {
      signal.throwIfAborted();
      if (inside < limit) return admit();

      return new Promise((resolve, reject) => {
        const listener = addAbortListener(signal, () => {
          queue.splice(queue.indexOf(proceed), 1);
          reject(signal.reason);
        });
        const proceed = () => {
          listener[Symbol.dispose]();
          resolve(admit());
        };
        queue.push(proceed);
      });
    },
  };
};
