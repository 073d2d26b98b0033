import { useCallback, useSyncExternalStore } from 'react';
import type { Tick } from './clock.ts';
import { useDashboard } from './dashboard-context.ts';

/**
 * Something made of the clock. The component renders again only when the result changes, so what
 * it returns should be as coarse as what is shown: a formatted time rather than milliseconds.
 */
export const useClock = <Value extends string | number | boolean>(
  tick: Tick,
  read: (clock: { readonly now: number; readonly frame: number }) => Value,
): Value => {
  const { clock } = useDashboard();
  const subscribe = useCallback(
    (listener: () => void) => clock.subscribe(tick, listener),
    [clock, tick],
  );
  return useSyncExternalStore(subscribe, () => read({ now: clock.now(), frame: clock.frame() }));
};
