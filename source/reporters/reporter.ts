import type { Emit } from '../events/event.ts';

/** A view of the events that writes lines. Called with each event in turn. */
export type Reporter = Emit & {
  /** Resolves once everything was handed over, or the reader has gone: to be awaited before exit. */
  readonly flush: () => Promise<void>;
};
