import type { FleetActions, SshCommand } from '../../fleet/actions.ts';
import type { NodeState } from '../../fleet/state.ts';
import type { DashboardModel } from '../dashboard-context.ts';
import type { DashboardOutcome } from '../outcome.ts';
import type { SaveFile } from '../save-file.ts';
import type { Feedback } from '../view-state.ts';

/** What the handlers of keys can reach. */
export type KeyContext = {
  readonly model: DashboardModel;
  /** Absent where nothing can be acted on: in a recording. */
  readonly actions: FleetActions | undefined;
  /** Whether this process runs the pipeline of the node. */
  readonly isDriven: (node: string) => boolean;
  /** Hands the terminal to a shell on the node and tells how that ended. */
  readonly openShell: (node: NodeState, command: SshCommand) => Promise<Feedback>;
  /** Writes control sequences that change nothing on the screen, such as a copy to the clipboard. */
  readonly writeSequence: (sequence: string) => void;
  /** Writes a new file and resolves to its path. */
  readonly saveFile: SaveFile;
  /** Draws the whole screen again. */
  readonly redraw: () => Promise<void>;
  /** Gives the terminal back to the shell until the program is continued. */
  readonly suspend: () => Promise<void>;
  readonly leave: (outcome: DashboardOutcome) => void;
};

/** What a handler has to know of the screen. */
export type ScreenSize = {
  /** Rows that a page of the visible screen has. */
  readonly pageSize: number;
  /** Columns of the window. */
  readonly columns: number;
  /** Whether the window only has room to say that it is too small. */
  readonly isTooSmall: boolean;
};

/** Says something in the status line. */
export const tell = ({ model }: KeyContext, tone: Feedback['tone'], text: string): void => {
  model.view.dispatch({ type: 'tell', feedback: { tone, text } });
};
