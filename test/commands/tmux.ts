import { execFile, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { User } from './program.ts';

const execute = promisify(execFile);

/** Whether there is a tmux to hold a screen. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

export type TmuxOptions = {
  readonly columns?: number;
  readonly rows?: number;
};

/** Milliseconds after which a screen that never says what it should is a failure. */
const patience = 60_000;

/** A screen in a tmux of its own, with the program in front of somebody. */
export class Tmux {
  readonly #socket: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(socket: string, environment: NodeJS.ProcessEnv) {
    this.#socket = socket;
    this.#environment = environment;
  }

  /** Opens a shell of the user's, in the user's folder. */
  static async open(user: User, { columns = 120, rows = 40 }: TmuxOptions = {}): Promise<Tmux> {
    const socket = `${user.home}/tmux`;
    const tmux = new Tmux(socket, user.environment);
    await tmux.#run([
      ...['-f', '/dev/null', 'new-session', '-d', '-s', 'main', '-c', user.folder],
      ...['-x', String(columns), '-y', String(rows), 'env PS1="$ " sh'],
    ]);
    return tmux;
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#run(['send-keys', '-t', 'main', '-l', text]);
  }

  /** Presses keys by the names that tmux has for them, such as `Enter`, `Escape` or `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#run(['send-keys', '-t', 'main', ...keys]);
  }

  /** What is on the screen, without colours. */
  async screen(): Promise<string> {
    return await this.#run(['capture-pane', '-p', '-t', 'main']);
  }

  /** What is on the screen, with its colours as escape sequences. */
  async colouredScreen(): Promise<string> {
    return await this.#run(['capture-pane', '-p', '-e', '-t', 'main']);
  }

  /** Waits until the screen shows something, or is as it should be, and returns all of it. */
  async until(expected: RegExp | ((screen: string) => boolean)): Promise<string> {
    const deadline = Date.now() + patience;
    const isMet = expected instanceof RegExp ? (screen: string) => expected.test(screen) : expected;
    for (;;) {
      const screen = await this.screen();
      if (isMet(screen)) return screen;
      if (Date.now() > deadline) throw new Error(`the screen never showed ${expected}:\n${screen}`);
      await sleep(50);
    }
  }

  /** Makes the window another size. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#run(['resize-window', '-t', 'main', '-x', String(columns), '-y', String(rows)]);
  }

  /** Ends the screen and what runs in it. */
  async close(): Promise<void> {
    await this.#run(['kill-server']);
  }

  async #run(words: readonly string[]): Promise<string> {
    const { stdout } = await execute('tmux', ['-S', this.#socket, ...words], {
      env: this.#environment,
    });
    return stdout;
  }
}
