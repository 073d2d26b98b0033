import type { ChildProcess } from 'node:child_process';

export type Event = Readonly<Record<string, unknown>>;

/** What a started program prints with `--json`, as it comes. */
export class Events {
  readonly all: Event[] = [];
  readonly #ended: Promise<never>;
  #arrived = Promise.withResolvers<void>();

  constructor(child: ChildProcess) {
    let rest = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const texts = `${rest}${text}`.split('\n');
      rest = texts.pop() ?? '';
      this.all.push(...texts.map((line) => JSON.parse(line)));
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    });
    this.#ended = new Promise((_, reject) => {
      child.once('close', () => reject(new Error('the program has ended')));
    });
    this.#ended.catch(() => undefined);
  }

  /** Waits for an event of a node, from a moment on. */
  async of(node: string, wanted: Event, from = 0): Promise<Event> {
    for (;;) {
      const found = this.all.slice(from).find((each) => each.node === node && isLike(each, wanted));
      if (found !== undefined) return found;
      await Promise.race([this.#arrived.promise, this.#ended]);
    }
  }
}

const isLike = (event: Event, wanted: Event): boolean =>
  Object.entries(wanted).every(([key, value]) =>
    value instanceof RegExp ? value.test(String(event[key])) : event[key] === value,
  );
