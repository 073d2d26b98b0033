type Outcome<Value> =
  | { readonly came: true; readonly value: Value }
  | { readonly came: false; readonly error: unknown };

type Waiter<Value> = {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Something that comes once, or never will. A promise would remember everybody who ever waited for
 * it, also those who gave up: here nothing is left of them, and nobody has to be waiting when it is
 * rejected.
 */
export class Latch<Value = void> {
  readonly #waiting = new Set<Waiter<Value>>();
  #outcome: Outcome<Value> | undefined;

  /** It has come. Only the first outcome counts. */
  resolve(value: Value): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = { came: true, value };
    for (const { resolve } of this.#dismissed()) resolve(value);
  }

  /** It will never come. Only the first outcome counts. */
  reject(error: unknown): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = { came: false, error };
    this.disappoint(error);
  }

  /** Whoever waits now waits in vain; whoever waits from now on may have more luck. */
  disappoint(error: unknown): void {
    for (const { reject } of this.#dismissed()) reject(error);
  }

  /** Waits for it, or until the signal aborts: then rejects with its reason. */
  async wait(signal: AbortSignal): Promise<Value> {
    signal.throwIfAborted();
    const outcome = this.#outcome;
    if (outcome?.came === true) return outcome.value;
    if (outcome?.came === false) throw outcome.error;
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    const waiter = { resolve, reject };
    const abort = () => reject(signal.reason);
    this.#waiting.add(waiter);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await promise;
    } finally {
      this.#waiting.delete(waiter);
      signal.removeEventListener('abort', abort);
    }
  }

  #dismissed(): Waiter<Value>[] {
    const waiters = [...this.#waiting];
    this.#waiting.clear();
    return waiters;
  }
}
