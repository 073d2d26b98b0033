import type { Invocation } from './command.ts';
import { untilAborted } from './interruption.ts';

/** With `--watch`, stays until the signal says to leave, or nobody reads any more. */
export const stayWithWatch = async (
  { options, readerGone }: Invocation,
  signal: AbortSignal,
): Promise<void> => {
  if (!options.watch || readerGone.aborted) return;
  const gone = new Promise<void>((resolve) => {
    readerGone.addEventListener('abort', () => resolve());
  });
  await untilAborted(signal, () => gone);
};
