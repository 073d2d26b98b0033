import type { Lifetimes } from './program-arguments.ts';

/** Decides when a sandbox is no longer needed. All times in milliseconds. */
export class Lifetime {
  readonly #lifetimes: Lifetimes;
  readonly #startedAt: number;
  #hadNodes = false;
  #emptySince: number;

  constructor(lifetimes: Lifetimes, startedAt: number) {
    this.#lifetimes = lifetimes;
    this.#startedAt = startedAt;
    this.#emptySince = startedAt;
  }

  /**
   * Looks at the sandbox; answers why it should end, if it should. A command that is still talking
   * to an empty sandbox, such as one that removes what the last node left, gets a little longer.
   */
  check(now: number, nodes: number, lastRequestAt: number): string | undefined {
    if (nodes > 0) {
      this.#hadNodes = true;
      this.#emptySince = now;
      return undefined;
    }
    const { afterLastNode, withoutNodes, quiet, extension } = this.#lifetimes;
    const due = this.#hadNodes ? this.#emptySince + afterLastNode : this.#startedAt + withoutNodes;
    const isBusy = now < lastRequestAt + quiet && now < due + extension;
    if (now < due || isBusy) return undefined;
    return this.#hadNodes ? 'its last node is gone' : 'nobody launched anything in it';
  }
}
