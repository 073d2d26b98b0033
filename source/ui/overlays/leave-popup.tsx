import { isSettled } from '../../events/phase.ts';
import type { FleetState, NodeState } from '../../fleet/state.ts';
import { useDashboard } from '../dashboard-context.ts';
import { wrap } from '../text.ts';
import { useFleet } from '../use-fleet.ts';
import { Popup, popupFrameWidth } from './popup.tsx';

type LeavePopupProps = {
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
};

/** What the first ctrl-c says: what keeps running if the second one follows. */
export const LeavePopup = ({ window }: LeavePopupProps) => {
  const { commandLine, theme } = useDashboard();
  const working = useFleet((state) => count(state, ({ phase }) => !isSettled(phase)));
  const running = useFleet((state) =>
    count(state, ({ instanceId, phase }) => instanceId !== undefined && phase !== 'terminated'),
  );
  const width = Math.min(60, window.columns - popupFrameWidth);
  const text = [
    running === 0
      ? 'No instance is running.'
      : `${nodes(running)} ${running === 1 ? 'keeps' : 'keep'} running: leaving terminates nothing.`,
    working === 0
      ? ''
      : `${nodes(working)} ${working === 1 ? 'is' : 'are'} still in work: ${commandLine('create')} carries on where this stops.`,
    running === 0 ? '' : `${commandLine('destroy')} ends them.`,
  ];
  return (
    <Popup
      title="Leave?"
      lines={text.flatMap((paragraph) =>
        paragraph === ''
          ? []
          : wrap(paragraph, width, 3, theme.glyphs.ellipsis).map((line) => [{ text: line }]),
      )}
      keys="^C again leaves   Esc stays"
      window={window}
      style={theme.styles.warning}
    />
  );
};

const nodes = (number: number) => `${number} ${number === 1 ? 'node' : 'nodes'}`;

const count = (state: FleetState, isCounted: (node: NodeState) => boolean): number =>
  [...state.nodes.values()].filter(isCounted).length;
