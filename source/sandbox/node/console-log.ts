/** Characters of the console that EC2 keeps. */
const limit = 64 * 1024;

/** What a machine writes to its serial console. */
export class ConsoleLog {
  readonly #startedAt = performance.now();
  #text = '';

  /** Whole seconds since the machine was launched. */
  get seconds(): number {
    return Math.round((performance.now() - this.#startedAt) / 1000);
  }

  /** Adds a line with the kernel's time before it. */
  say(line: string): void {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(6);
    this.add(`[${seconds.padStart(12)}] ${line}`);
  }

  /** Adds a line as it is. */
  add(line: string): void {
    this.#text = `${this.#text}${line}\r\n`.slice(-limit);
  }

  toString(): string {
    return this.#text;
  }
}
