import { useApp, useInput, usePaste } from 'ink';
import type { FleetActions } from '../fleet/actions.ts';
import { useDashboard } from './dashboard-context.ts';
import { createKeyHandler, type Screen } from './key-handler.ts';
import { keyNames } from './key-names.ts';
import type { DashboardOutcome } from './outcome.ts';
import { type ShellState, useShell } from './use-shell.ts';

export type UseKeysOptions = {
  readonly actions: FleetActions | undefined;
  readonly isDriven: (node: string) => boolean;
  readonly leave: (outcome: DashboardOutcome) => void;
  readonly shellState: ShellState;
  /** Ends an open shell when it aborts. */
  readonly signal: AbortSignal;
};

/** Listens to the keyboard. */
export const useKeys = (options: UseKeysOptions, screen: Screen): void => {
  const { actions, isDriven, leave, shellState, signal } = options;
  const model = useDashboard();
  const { suspendTerminal } = useApp();
  const openShell = useShell(shellState, signal);
  const press = createKeyHandler({
    model,
    actions,
    isDriven,
    openShell,
    // Giving the terminal away and taking it back draws everything again.
    redraw: () => suspendTerminal(() => undefined),
    leave,
  });

  useInput((input, key) => {
    const { overlay } = model.view.getState();
    for (const name of keyNames(input, key)) {
      press(name, screen);
      // What was typed before a question could be seen is no answer to it.
      const opened = model.view.getState().overlay;
      if (opened !== undefined && opened !== overlay) return;
    }
  });

  // Without this a pasted text would be typed at the fleet.
  usePaste(() => {
    model.view.dispatch({
      type: 'tell',
      feedback: { tone: 'warning', text: 'What was pasted is ignored: ? shows the keys' },
    });
  });
};
