import { useDashboard } from './dashboard-context.ts';
import { useStore } from './use-store.ts';
import type { ViewState } from './view-state.ts';

/** What a selector picks from the view's own state; renders again only when that changes. */
export const useView = <Selection>(select: (view: ViewState) => Selection): Selection =>
  useStore(useDashboard().view, select);
