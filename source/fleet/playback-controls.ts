/** What a view can do to a recording that it shows. */
export interface PlaybackControls {
  /** The same object until it changes. */
  getStatus(): PlaybackStatus;
  /** Calls the listener when the status has changed; returns how to stop that. */
  subscribe(listener: () => void): () => void;
  /** The moment that is shown, in milliseconds since the Unix epoch. Moves while it plays. */
  now(): number;
  /** Stops and goes on; begins anew where the recording is over. */
  togglePause(): void;
  /** Doubles the speed, up to 64. */
  faster(): void;
  /** Halves the speed, down to 1. */
  slower(): void;
  /** Goes so many milliseconds forwards, or back where they are negative. */
  seekBy(milliseconds: number): void;
  /** Goes to a moment: the recording's beginning or end where that is outside. */
  seekTo(time: number): void;
  /** Goes to where a node next enters a phase; to the end where none does. */
  nextChange(): void;
  /** Goes back to where a node last entered a phase; to the beginning where none did. */
  previousChange(): void;
}

export type PlaybackStatus = {
  readonly state: 'playing' | 'paused' | 'ended';
  /** How many times faster than it happened: 1 to 64. */
  readonly speed: number;
  /** Of the recording; in milliseconds since the Unix epoch. */
  readonly start: number;
  readonly end: number;
};
