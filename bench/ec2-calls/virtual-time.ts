import { subscribe } from 'node:diagnostics_channel';
import type { readFile } from 'node:fs/promises';
import type { ClientRequest } from 'node:http';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const require = createRequire(import.meta.url);

type Timer = { readonly at: number; readonly fire: () => void };

/** Turns of the event loop without anything to do after which nothing more is expected of them. */
const calmTurns = 4;

/**
 * Time that jumps from one timer to the next as soon as nothing is under way any more, in place of
 * the process's own: an hour takes as long as what is done in it, and always comes out the same.
 * Requests that this process sends over HTTP and accesses to files count as under way.
 */
export class VirtualTime {
  readonly #timers = new Map<number, Timer>();
  /** What goes on by itself: requests over HTTP, and files that are read. */
  readonly #underWay = new Set<unknown>();
  /** Milliseconds since the start. */
  #elapsed = 0;
  #count = 0;

  /** Puts it in the place of the process's time, for good. */
  static install(): VirtualTime {
    const time = new VirtualTime();
    time.#replaceClocks();
    time.#replaceTimers();
    time.#followReads();
    syncBuiltinESMExports();
    subscribe('http.client.request.created', (message) => time.#follow(message));
    return time;
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return this.#elapsed;
  }

  /** Lets time pass until the work is done. */
  async until<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    const settled = work.finally(() => {
      isOver = true;
    });
    // Whoever awaits the answer hears of the failure.
    settled.catch(() => undefined);
    for (;;) {
      await this.#calm();
      if (isOver) return settled;
      if (!this.#jump(Number.POSITIVE_INFINITY)) throw new Error('what is awaited never comes');
    }
  }

  /** Lets so many milliseconds pass. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    do await this.#calm();
    while (this.#jump(end));
    this.#elapsed = end;
    await this.#calm();
  }

  /** Goes on to the next timers that are due by then; false where there are none. */
  #jump(end: number): boolean {
    let next = Number.POSITIVE_INFINITY;
    for (const { at } of this.#timers.values()) next = Math.min(next, at);
    if (next > end || next === Number.POSITIVE_INFINITY) return false;
    this.#elapsed = Math.max(this.#elapsed, next);
    for (const [id, timer] of this.#timers) {
      // Another one's callback may have stopped it.
      if (timer.at > next || !this.#timers.delete(id)) continue;
      timer.fire();
    }
    return true;
  }

  /** Waits until nothing is under way that needs no time to pass. */
  async #calm(): Promise<void> {
    for (let turns = 0; turns < calmTurns; turns += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#underWay.size > 0 || isAtFiles()) turns = -1;
    }
  }

  #follow(message: unknown): void {
    const { request } = message as { readonly request: ClientRequest };
    this.#underWay.add(request);
    request.once('close', () => this.#underWay.delete(request));
  }

  #start(milliseconds: number, fire: () => void): number {
    this.#count += 1;
    this.#timers.set(this.#count, { at: this.#elapsed + Math.max(1, milliseconds), fire });
    return this.#count;
  }

  #replaceClocks(): void {
    const beganAt = Date.now();
    const now = () => beganAt + this.#elapsed;
    const RealDate = Date;
    globalThis.Date = new Proxy(RealDate, {
      construct: (_target, values: [number?]) =>
        values.length === 0 ? new RealDate(now()) : Reflect.construct(RealDate, values),
      get: (target, property) =>
        property === 'now' ? now : (Reflect.get(target, property) as unknown),
    });
    performance.now = () => this.#elapsed;
  }

  #replaceTimers(): void {
    const handleOf = (id: number) => {
      const handle = {
        ref: () => handle,
        unref: () => handle,
        hasRef: () => true,
        refresh: () => handle,
        close: () => handle,
        [Symbol.toPrimitive]: () => id,
        [Symbol.dispose]: () => void this.#timers.delete(id),
      };
      return handle;
    };
    const clear = (handle: unknown) => {
      if (handle !== undefined && handle !== null) this.#timers.delete(Number(handle));
    };
    const repeat = (id: { current: number }, fire: () => void, milliseconds: number) => {
      id.current = this.#start(milliseconds, fire);
    };
    Object.assign(globalThis, {
      setTimeout: (fire: (...values: unknown[]) => void, wait = 0, ...values: unknown[]) =>
        handleOf(this.#start(wait, () => fire(...values))),
      clearTimeout: clear,
      setInterval: (fire: (...values: unknown[]) => void, wait = 0, ...values: unknown[]) => {
        const id = { current: 0 };
        const again = () => {
          repeat(id, again, wait);
          fire(...values);
        };
        repeat(id, again, wait);
        return { unref: () => undefined, [Symbol.toPrimitive]: () => id.current };
      },
      clearInterval: clear,
    });
    const promises = require('node:timers/promises') as {
      setTimeout: unknown;
    };
    promises.setTimeout = (
      wait = 0,
      value?: unknown,
      { signal }: { readonly signal?: AbortSignal } = {},
    ) =>
      new Promise((resolve, reject) => {
        const abort = () => {
          this.#timers.delete(id);
          reject(new DOMException('The operation was aborted', 'AbortError'));
        };
        const id = this.#start(wait, () => {
          signal?.removeEventListener('abort', abort);
          resolve(value);
        });
        if (signal?.aborted) abort();
        else signal?.addEventListener('abort', abort, { once: true });
      });
  }

  /** Node tells of other accesses to files that they are under way, but not of these. */
  #followReads(): void {
    const files = require('node:fs/promises') as { readFile: typeof readFile };
    const read = files.readFile as (...values: unknown[]) => Promise<unknown>;
    Object.assign(files, {
      readFile: (...values: unknown[]) => {
        const reading = read(...values);
        this.#underWay.add(reading);
        const forget = () => this.#underWay.delete(reading);
        reading.then(forget, forget);
        return reading;
      },
    });
  }
}

/** Such as `FSReqPromise` and `CloseReq`; sockets and servers are there all the time. */
const isAtFiles = (): boolean =>
  process.getActiveResourcesInfo().some((resource) => resource.includes('Req'));
