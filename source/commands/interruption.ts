import { exitStatus } from './exit-status.ts';

/** A signal asked the program to leave. What runs on AWS keeps running. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor(readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`interrupted by ${signal}`);
  }

  get exitStatus(): number {
    return this.signal === 'SIGINT' ? exitStatus.interrupted : exitStatus.terminated;
  }
}

/** The time that `--timeout` gave the whole command ran out. */
export class CommandTimeoutError extends Error {
  override readonly name = 'CommandTimeoutError';
  readonly exitStatus = exitStatus.failure;
  readonly hint =
    'What was begun keeps running; run the command again to carry on, or allow more with --timeout.';

  /** @param duration As it was written on the command line. */
  constructor(duration: string) {
    super(`not done after ${duration}`);
  }
}

export type InterruptionOptions = {
  /** Called for a first SIGINT; without it the first one ends the work. */
  readonly onFirstInterrupt?: () => void;
  readonly timeout?: { readonly text: string; readonly milliseconds: number };
};

/**
 * Runs work that ends when a signal or the timeout says so. The program's handlers stand only as
 * long as the work does.
 *
 * @throws InterruptedError or CommandTimeoutError when that is why the work ended.
 */
export const withInterruption = async <Result>(
  { onFirstInterrupt, timeout }: InterruptionOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const controller = new AbortController();
  let announced = onFirstInterrupt === undefined;
  const interrupt = () => {
    if (announced) {
      controller.abort(new InterruptedError('SIGINT'));
    } else {
      announced = true;
      onFirstInterrupt?.();
    }
  };
  const terminate = () => controller.abort(new InterruptedError('SIGTERM'));
  const hangUp = () => controller.abort(new InterruptedError('SIGHUP'));
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  process.on('SIGHUP', hangUp);
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(
          () => controller.abort(new CommandTimeoutError(timeout.text)),
          timeout.milliseconds,
        );
  const { signal } = controller;
  try {
    return await untilAborted(signal, work(signal));
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', terminate);
    process.off('SIGHUP', hangUp);
  }
};

/** Rejects with the signal's reason as soon as it aborts, else settles as the work does. */
export const untilAborted = async <Result>(
  signal: AbortSignal,
  work: Promise<Result>,
): Promise<Result> => {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

/** Waits until the signal says to leave, and rejects with its reason. */
export const untilSignal = (signal: AbortSignal): Promise<never> =>
  untilAborted(signal, new Promise<never>(() => undefined));
