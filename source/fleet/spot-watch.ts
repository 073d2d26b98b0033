import type { RemoteScripts } from '../pipeline/remote-script.ts';
import { followSpotNotices, type SpotNotice } from '../pipeline/spot-notices.ts';
import type { NodeConnection } from '../ssh/connection.ts';

export type SpotWatchOptions = {
  readonly scripts: RemoteScripts;
  /** Hears each notice once, however often it is told and listened for. */
  readonly onNotice: (notice: SpotNotice) => void;
  /** Hears why notices can't be asked for. */
  readonly onProblem: (problem: string) => void;
};

/** Listens on one machine, across its connections, for what EC2 tells it of its end. */
export class SpotWatch {
  readonly #options: SpotWatchOptions;
  #follow: { readonly connection: NodeConnection; readonly abort: AbortController } | undefined;
  readonly #told = new Set<string>();

  constructor(options: SpotWatchOptions) {
    this.#options = options;
  }

  /** Listens on a connection, unless it does already. */
  follow(connection: NodeConnection): void {
    if (this.#follow?.connection === connection) return;
    this.stop();
    const { onProblem, scripts } = this.#options;
    const abort = new AbortController();
    const follow = { connection, abort };
    this.#follow = follow;
    const hear = (notice: SpotNotice) => this.#hear(notice);
    followSpotNotices(scripts, connection, hear, abort.signal).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      // The next run begins to listen again.
      if (this.#follow === follow) this.#follow = undefined;
      onProblem(error instanceof Error ? error.message : String(error));
    });
  }

  stop(): void {
    this.#follow?.abort.abort();
    this.#follow = undefined;
  }

  /** There is another machine: what was told to the one before does not concern it. */
  forget(): void {
    this.stop();
    this.#told.clear();
  }

  #hear(notice: SpotNotice): void {
    const key = JSON.stringify(notice);
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#options.onNotice(notice);
  }
}
