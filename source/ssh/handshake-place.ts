import type { Admission } from './admission.ts';

/** How long a handshake may keep its place: one with a hung node must not keep others waiting. */
const placeLimit = 1_000;

/** The place of one handshake among those that are made at once. It is lost by itself after a while. */
export class HandshakePlace {
  readonly #admission: Admission;
  readonly #over: AbortSignal;
  #leave: () => void = () => undefined;

  /** @param over Aborts when the handshake is over, and needs no place any more. */
  constructor(admission: Admission, over: AbortSignal) {
    this.#admission = admission;
    this.#over = over;
  }

  /** Waits for a place, unless the handshake is over first. */
  async take(): Promise<void> {
    let leave: () => void;
    try {
      leave = await this.#admission.enter(this.#over);
    } catch (error) {
      if (this.#over.aborted) return;
      throw error;
    }
    const limit = setTimeout(leave, placeLimit);
    this.#leave = () => {
      clearTimeout(limit);
      leave();
    };
    if (this.#over.aborted) this.#leave();
  }

  /** Gives it to others, if there is one. */
  leave(): void {
    this.#leave();
  }
}
