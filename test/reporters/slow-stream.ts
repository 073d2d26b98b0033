import { Writable } from 'node:stream';

/** A stream that keeps what it got, and can be made to take nothing for a while. */
export class SlowStream extends Writable {
  readonly #chunks: string[] = [];
  #blocked: (() => void) | undefined;
  #open = true;

  constructor() {
    super({ highWaterMark: 1, decodeStrings: false });
  }

  override _write(chunk: string, _encoding: BufferEncoding, callback: () => void): void {
    this.#chunks.push(String(chunk));
    if (this.#open) callback();
    else this.#blocked = callback;
  }

  get lines(): string[] {
    return this.#chunks.join('').split('\n').slice(0, -1);
  }

  /** Takes one more chunk, and then no more. */
  block(): void {
    this.#open = false;
  }

  unblock(): void {
    this.#open = true;
    this.#blocked?.();
  }
}
