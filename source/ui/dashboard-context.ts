import { createContext, use } from 'react';
import type { NodeLogLine } from '../fleet/actions.ts';
import type { PlaybackControls } from '../fleet/playback-controls.ts';
import type { LogLine } from '../fleet/state.ts';
import type { FleetStore } from '../fleet/store.ts';
import type { Clock } from './clock.ts';
import type { NodeOrder } from './fleet-screen/node-order.ts';
import type { KeyMap } from './keys/key-map.ts';
import type { ActionStore } from './store.ts';
import type { Theme } from './theme.ts';
import type { ViewAction, ViewState } from './view-state.ts';

/** What every component of the dashboard can reach. None of it is ever replaced. */
export type DashboardModel = {
  readonly fleet: FleetStore;
  readonly view: ActionStore<ViewState, ViewAction>;
  readonly order: NodeOrder;
  readonly clock: Clock;
  readonly theme: Theme;
  readonly keys: KeyMap;
  /** A command line about the same deployment, as a person would type it. */
  readonly commandLine: (command: string) => string;
  /** The log of a node since the beginning of this run, as far as it was recorded; oldest first. */
  readonly readLog?: (node: string) => Promise<readonly LogLine[]>;
  /** What happened to the fleet so far, over all recorded runs; oldest first. */
  readonly readHistory?: () => Promise<readonly NodeLogLine[]>;
  /** Whether tmux is between the program and the terminal. */
  readonly isInTmux?: boolean;
  /** Present where a recording is played. */
  readonly playback?: PlaybackControls;
};

export const DashboardContext = createContext<DashboardModel | undefined>(undefined);

/**
 * The dashboard's model.
 *
 * @throws Error outside of a dashboard
 */
export const useDashboard = (): DashboardModel => {
  const model = use(DashboardContext);
  if (model === undefined) throw new Error('This component belongs into a dashboard.');
  return model;
};
