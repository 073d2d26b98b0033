import type { CapacityPool, Lifecycle } from './cloud.ts';

/** Milliseconds for which a refusal is remembered. */
const memory = 180_000;

/**
 * The pools of a region that lately had no instances to give: asking them again at once only costs
 * time, and the others have a better chance.
 */
export class RefusedPools {
  readonly #clock: () => number;
  readonly #until = new Map<string, number>();

  /** @param clock Milliseconds by a clock that never goes back. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  add(lifecycle: Lifecycle, pool: CapacityPool): void {
    this.#until.set(keyOf(lifecycle, pool), this.#clock() + memory);
  }

  has(lifecycle: Lifecycle, pool: CapacityPool): boolean {
    return (this.#until.get(keyOf(lifecycle, pool)) ?? 0) > this.#clock();
  }
}

const keyOf = (lifecycle: Lifecycle, { instanceType, zone }: CapacityPool): string =>
  `${lifecycle} ${instanceType} ${zone}`;
