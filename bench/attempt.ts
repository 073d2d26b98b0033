import type { Task } from './baselines/contender.ts';

/** Does a task on targets that have nothing yet, and makes sure that it was done. */
export const attempt = async <Result>(
  { targets, payload, count }: Task,
  work: () => Promise<Result>,
): Promise<Result> => {
  await targets.reset();
  const result = await work();
  await targets.requireDone(payload, count);
  return result;
};

/** Milliseconds that something takes. */
export const timed = async (work: () => Promise<void>): Promise<number> => {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
};
