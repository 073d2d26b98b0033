import { type Phase, pipelinePhases, sidePhases } from '../../events/phase.ts';
import { useDashboard } from '../dashboard-context.ts';
import { type KeyBinding, labelOf } from '../keys/key-map.ts';
import type { Segment } from '../segment-line.tsx';
import type { Theme } from '../theme.ts';
import { useView } from '../use-view.ts';
import { screenName } from '../view-state.ts';
import { Popup, type PopupLine } from './popup.tsx';

type HelpPopupProps = {
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
};

const keyWidth = 11;
const descriptionWidth = 37;
const legendWidth = 16;

/** All keys, and beside them what the glyphs of the phases mean. */
export const HelpPopup = ({ window }: HelpPopupProps) => {
  const { keys: keyMap, theme } = useDashboard();
  const screen = useView(screenName);
  const keys = keyLines(keyMap.of(screen), theme, window.rows - 4);
  const legend = legendLines(theme);
  const hasLegend = window.columns >= keyWidth + descriptionWidth + legendWidth + 8;
  const lines = keys.map((line, index): PopupLine => {
    if (!hasLegend) return line;
    return [...line, ...(legend[index] ?? [])];
  });
  return (
    <Popup
      title="Keys"
      lines={lines}
      keys="Esc closes"
      window={window}
      style={theme.styles.accent}
    />
  );
};

/** One line per binding, the groups apart where there is room for that. */
const keyLines = (keyMap: readonly KeyBinding[], theme: Theme, room: number): PopupLine[] => {
  const groups = [...new Set(keyMap.map(({ group }) => group))];
  const isRoomy = room >= keyMap.length + groups.length - 1;
  return groups.flatMap((name, index): PopupLine[] => {
    const lines = keyMap
      .filter(({ group }) => group === name)
      .map(
        (binding): PopupLine => [
          {
            text: binding.keys
              .map((key) => labelOf(key, theme.hasUnicode))
              .join(' ')
              .padEnd(keyWidth),
            style: { ...theme.styles.strong, ...theme.styles.accent },
          },
          { text: binding.description.padEnd(descriptionWidth) },
        ],
      );
    return isRoomy && index > 0 ? [blankLine, ...lines] : lines;
  });
};

const blankLine: PopupLine = [{ text: ' '.repeat(keyWidth + descriptionWidth) }];

const legendLines = (theme: Theme): Segment[][] => {
  const phases: readonly Phase[] = [...pipelinePhases, ...sidePhases];
  return phases.map((phase) => {
    const { glyph, style, isSpinning } = theme.phases[phase];
    const sign = isSpinning ? (theme.spinner[0] ?? '') : glyph;
    return [{ text: `${sign} ${phase}`.padEnd(legendWidth), style }];
  });
};
