/** Where a stream of a command leads. */
export type StreamEnd =
  | { readonly type: 'none' }
  /** The writing end of a pipe that the sandbox has open. */
  | { readonly type: 'pipe'; readonly descriptor: number }
  /** A socket to the sandbox, which begins with the token. */
  | { readonly type: 'socket'; readonly token: string };

/** Characters of a token. */
export const tokenLength = 32;

/** A command that the spawner is to start. */
export type SpawnRequest = {
  readonly id: number;
  readonly file: string;
  readonly words: readonly string[];
  /** Where the sandbox listens for sockets. */
  readonly socketName: string;
  /** Standard input, output and error. */
  readonly streams: readonly StreamEnd[];
};

export type SpawnerAnswer = { readonly id: number } & (
  | { readonly type: 'started'; readonly pid: number }
  | { readonly type: 'failed' }
  | {
      readonly type: 'exited';
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
    }
);
