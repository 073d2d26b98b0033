import type { Payload, PayloadOutline } from '../pipeline/payload/payload.ts';

/** The files for the nodes, as they were read last. */
export class PayloadSource {
  readonly #read: (signal: AbortSignal) => Promise<Payload>;
  #current: Payload | PayloadOutline | undefined;

  /** @param initial Absent where the files are not here. */
  constructor(
    initial: Payload | PayloadOutline | undefined,
    read: (signal: AbortSignal) => Promise<Payload>,
  ) {
    this.#current = initial;
    this.#read = read;
  }

  get current(): Payload | PayloadOutline | undefined {
    return this.#current;
  }

  /**
   * Reads the files as they are now, and looks the secrets up.
   *
   * @throws PayloadError, ConfigError, and the signal's reason.
   */
  async refresh(signal: AbortSignal): Promise<Payload> {
    const payload = await this.#read(signal);
    this.#current = payload;
    return payload;
  }
}
