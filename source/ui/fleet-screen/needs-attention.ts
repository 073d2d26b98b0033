import type { Phase } from '../../events/phase.ts';

/** Whether a node in this phase needs a person: nothing will mend it by itself. */
export const needsAttention = (phase: Phase | undefined): boolean =>
  phase === 'failed' || phase === 'interrupted' || phase === 'degraded';
