import type { Payload } from '../pipeline/payload/payload.ts';

/** The files for the nodes, as they were read last. */
export class PayloadSource {
  readonly #read: () => Promise<Payload>;
  #current: Payload | undefined;

  /** @param initial Absent where the files are not here. */
  constructor(initial: Payload | undefined, read: () => Promise<Payload>) {
    this.#current = initial;
    this.#read = read;
  }

  get current(): Payload | undefined {
    return this.#current;
  }

  /**
   * Reads the files as they are now.
   *
   * @throws PayloadError
   */
  async refresh(): Promise<Payload> {
    const payload = await this.#read();
    this.#current = payload;
    return payload;
  }
}
