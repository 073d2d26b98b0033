import { execFile, execFileSync } from 'node:child_process';
import { constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';

/** A pipe of which a child has one end and this process the other. */
export type Pipe = {
  /** For the child, and to be closed here once it has it. */
  readonly childEnd: number;
  readonly ourEnd: Socket;
};

/** Pipes that are made at once: a program has to be run for it. */
const batch = 96;

/**
 * Pipes for the output of commands, as sshd gives them. What Node makes by itself are sockets, and
 * those can't be opened again: `echo > /dev/stderr` would fail. For input they would not do: one that
 * is opened again once its end has come waits for ever, unlike sshd's.
 */
export class PipePool {
  readonly #folder: string;
  #free: string[] = [];
  #made = 0;
  #refilling: Promise<void> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A pipe into which the child writes. */
  take(): Pipe {
    if (this.#free.length < batch / 2) this.#refill();
    const name = this.#free.pop() ?? this.#makeNow();
    try {
      // In this order neither waits for the other.
      const ourEnd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
      const childEnd = openSync(name, constants.O_WRONLY);
      return { childEnd, ourEnd: new Socket({ fd: ourEnd, readable: true, writable: false }) };
    } finally {
      unlinkSync(name);
    }
  }

  #names(count: number): string[] {
    return Array.from({ length: count }, () => {
      this.#made += 1;
      return path.join(this.#folder, String(this.#made));
    });
  }

  /** Settles when nothing is made any more. */
  async close(): Promise<void> {
    await this.#refilling;
  }

  #refill(): void {
    if (this.#refilling !== undefined) return;
    const names = this.#names(batch);
    this.#refilling = new Promise((resolve) => {
      execFile('mkfifo', ['-m', '666', ...names], (error) => {
        this.#refilling = undefined;
        // Where it fails now, it is tried again by whoever needs one.
        if (error === null) this.#free.push(...names);
        resolve();
      });
    });
  }

  #makeNow(): string {
    const [name = ''] = this.#names(1);
    execFileSync('mkfifo', ['-m', '666', name], { stdio: 'ignore' });
    return name;
  }
}
