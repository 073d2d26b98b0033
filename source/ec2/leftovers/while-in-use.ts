import { persist } from '../persist.ts';
import type { AccountRegion } from '../scope.ts';

/** Tries again while something that is about to go stands on what is to be removed. */
export const whileInUse = <Value>(
  scope: AccountRegion,
  signal: AbortSignal,
  attempt: () => Promise<Value>,
): Promise<Value> =>
  persist(
    scope,
    { codes: /^DependencyViolation$/, patience: scope.patience.release, signal },
    attempt,
  );
