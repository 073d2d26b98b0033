import { useApp, useInput, usePaste, useStdout } from 'ink';
import type { FleetActions } from '../../fleet/actions.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { DashboardOutcome } from '../outcome.ts';
import { pasteIntoPrompt } from '../prompt/answer-prompt.ts';
import type { SaveFile } from '../save-file.ts';
import { useSuspend } from '../terminal/use-suspend.ts';
import { type ShellState, useShell } from '../use-shell.ts';
import type { ViewState } from '../view-state.ts';
import { handleKey } from './handle-key.ts';
import type { KeyContext, ScreenSize } from './key-context.ts';
import { keyNames } from './key-names.ts';

export type UseKeysOptions = {
  readonly actions: FleetActions | undefined;
  readonly isDriven: (node: string) => boolean;
  readonly leave: (outcome: DashboardOutcome) => void;
  readonly saveFile: SaveFile;
  readonly shellState: ShellState;
  /** Ends an open shell when it aborts. */
  readonly signal: AbortSignal;
};

/** Listens to the keyboard. */
export const useKeys = (options: UseKeysOptions, size: ScreenSize): void => {
  const { actions, isDriven, leave, saveFile, shellState, signal } = options;
  const model = useDashboard();
  const { suspendTerminal } = useApp();
  const openShell = useShell(shellState, signal);
  const suspend = useSuspend(shellState);
  const { stdout } = useStdout();
  const context: KeyContext = {
    model,
    actions,
    isDriven,
    openShell,
    writeSequence: (sequence) => void stdout.write(sequence),
    saveFile,
    // Giving the terminal away and taking it back draws everything again.
    redraw: () => suspendTerminal(() => undefined),
    suspend,
    leave,
  };

  useInput((input, key) => {
    for (const name of keyNames(input, key, isTyping(model.view.getState()))) {
      const before = model.view.getState();
      handleKey(context, name, size);
      // What was typed before a question could be seen is no answer to it.
      const { overlay } = model.view.getState();
      if (overlay !== undefined && overlay.type !== before.overlay?.type) return;
    }
  });

  // Without this a pasted text would be typed at the fleet.
  usePaste((text) => {
    const { overlay, prompt } = model.view.getState();
    if (overlay === undefined && prompt !== undefined) {
      pasteIntoPrompt(model.view, prompt, text);
      return;
    }
    model.view.dispatch({
      type: 'tell',
      feedback: { tone: 'warning', text: 'What was pasted is ignored: ? shows the keys' },
    });
  });
};

/** Whether what is on top of the screen asks for text. */
const isTyping = ({ overlay, prompt }: ViewState): boolean =>
  overlay === undefined
    ? prompt !== undefined
    : overlay.type === 'confirm' && overlay.typed !== undefined;
