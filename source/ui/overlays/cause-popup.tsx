import { useDashboard } from '../dashboard-context.ts';
import { wrap } from '../text.ts';
import { useNode } from '../use-fleet.ts';
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
  const { theme } = useDashboard();
  const trouble = useNode(name)?.trouble;
  const width = Math.min(100, window.columns - popupFrameWidth);
  const text =
    trouble === undefined
      ? [`Nothing is wrong with ${name}, as far as is known.`]
      : [trouble.reason, ...(trouble.output ?? []), trouble.hint ?? ''];
  return (
    <Popup
      title={name}
      lines={text.flatMap((line) =>
        wrap(line, width, 4, theme.glyphs.ellipsis).map((part) => [{ text: part }]),
      )}
      keys="Esc closes"
      window={window}
      offset={offset}
      style={theme.styles.accent}
    />
  );
};
