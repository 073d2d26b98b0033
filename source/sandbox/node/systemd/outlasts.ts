import { setTimeout as sleep } from 'node:timers/promises';

/** Whether something takes longer than so many milliseconds. */
export const outlasts = async (work: Promise<unknown>, milliseconds: number): Promise<boolean> => {
  if (!Number.isFinite(milliseconds)) return work.then(() => false);
  const controller = new AbortController();
  const late = sleep(Math.min(milliseconds, 2 ** 31 - 1), true, controller).catch(() => false);
  const result = await Promise.race([work.then(() => false), late]);
  controller.abort();
  return result;
};
