import { abortable } from './abortable.ts';

/** Runs one piece of work after the other, in the order of the calls, failed ones included. */
export type TakeTurns = <Value>(signal: AbortSignal, work: () => Promise<Value>) => Promise<Value>;

export const createTurns = (): TakeTurns => {
  let last: Promise<unknown> = Promise.resolve();
  return async (signal, work) => {
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    // Who gives up waiting must not let the next one overtake.
    last = before.then(() => promise);
    try {
      await abortable(before, signal);
      return await work();
    } finally {
      resolve();
    }
  };
};
