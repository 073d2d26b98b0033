export type BackgroundWorkOptions = {
  /** Hears what goes wrong, unless the work was ended by `close`. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds that work which has to be finished gets after `close`. */
  readonly farewell?: number;
};

/** Work that nobody waits for until the end. */
export class BackgroundWork {
  readonly #options: BackgroundWorkOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #lifetime = new AbortController();
  readonly #farewell = new AbortController();

  constructor(options: BackgroundWorkOptions) {
    this.#options = options;
  }

  /** Aborts when the work is to end. */
  get signal(): AbortSignal {
    return this.#lifetime.signal;
  }

  /** Does something that `close` ends. */
  start(work: (signal: AbortSignal) => Promise<void>): void {
    this.#start(work, this.#lifetime.signal);
  }

  /** Does something that `close` waits for: half of it would be worse than a moment's wait. */
  startToFinish(work: (signal: AbortSignal) => Promise<void>): void {
    this.#start(work, this.#farewell.signal);
  }

  /** Ends what can be ended, and waits for the rest. */
  async close(): Promise<void> {
    this.#lifetime.abort();
    const { farewell = 5_000 } = this.#options;
    const timer = setTimeout(() => this.#farewell.abort(), farewell);
    await Promise.all(this.#running);
    clearTimeout(timer);
  }

  #start(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): void {
    const running = work(signal)
      .catch((error: unknown) => {
        if (!signal.aborted) this.#options.onError(error);
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}
