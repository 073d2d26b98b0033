/** Decides how long the end of a sandbox is waited for. All times in milliseconds. */
export class EndPatience {
  readonly #longestPause: number;
  #left = Number.POSITIVE_INFINITY;
  #progressAt: number;

  /** @param longestPause Time in which something has to happen. */
  constructor(longestPause: number, now: number) {
    this.#longestPause = longestPause;
    this.#progressAt = now;
  }

  /** Nodes that are left as far as that was ever told; undefined before. */
  get left(): number | undefined {
    return Number.isFinite(this.#left) ? this.#left : undefined;
  }

  /** Takes note of how many nodes are left. */
  note(now: number, left: number): void {
    if (left >= this.#left) return;
    this.#left = left;
    this.#progressAt = now;
  }

  isOver(now: number): boolean {
    return now > this.#progressAt + this.#longestPause;
  }
}
