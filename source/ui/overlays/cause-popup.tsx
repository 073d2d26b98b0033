import { useDashboard } from '../dashboard-context.ts';
import { useClock } from '../use-clock.ts';
import { useFleet, useNode } from '../use-fleet.ts';
import { useView } from '../use-view.ts';
import { screenName } from '../view-state.ts';
import { causeLines } from './cause-lines.ts';
import { Popup, popupFrameWidth } from './popup.tsx';

type CausePopupProps = {
  readonly name: string;
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
  /** Lines that were scrolled past. */
  readonly offset: number;
};

/** Why a node is in trouble, with the last lines of what failed, and what to try. */
export const CausePopup = ({ name, window, offset }: CausePopupProps) => {
  const { commandLine, keys, theme } = useDashboard();
  const node = useNode(name);
  const movedTo = useFleet((state) => state.moved.get(name));
  const screen = useView(screenName);
  const now = useClock('second', (clock) => Math.floor(clock.now / 1000) * 1000);
  const width = Math.min(100, window.columns - popupFrameWidth);
  const lines =
    node === undefined
      ? [[{ text: absence(name, movedTo) }]]
      : causeLines(node, { commandLine, keys, theme, screen, now, width });
  return (
    <Popup
      title={name}
      lines={lines}
      keys="Esc closes"
      window={window}
      offset={offset}
      style={node === undefined ? theme.styles.accent : theme.phases[node.phase].style}
    />
  );
};

const absence = (name: string, movedTo: string | undefined): string =>
  movedTo === undefined
    ? `${name} is not there at this moment.`
    : `${name} found no capacity in its region: it is ${movedTo} now.`;
