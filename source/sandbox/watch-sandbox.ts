import type { Sandbox } from './ensure-sandbox.ts';
import { isAlive } from './process-id.ts';
import { SandboxError } from './sandbox-error.ts';

/** Milliseconds between two looks. */
const interval = 1_000;

/**
 * Tells once when a sandbox has ended: to those who work in it that looks like a network that is
 * down, which they would wait out. Keeps no process from ending.
 *
 * @param signal Ends the watch.
 */
export const watchSandbox = (
  { pid }: Pick<Sandbox, 'pid'>,
  signal: AbortSignal,
  onEnd: (error: SandboxError) => void,
): void => {
  const timer = setInterval(() => {
    if (signal.aborted) clearInterval(timer);
    else if (!isAlive(pid)) {
      clearInterval(timer);
      onEnd(
        new SandboxError(
          `The sandbox (process ${pid}) has ended, and everything in it`,
          'Begin anew: spot-tui create --sandbox',
        ),
      );
    }
  }, interval);
  timer.unref();
};
