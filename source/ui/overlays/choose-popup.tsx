import { useRef } from 'react';
import stringWidth from 'string-width';
import { useDashboard } from '../dashboard-context.ts';
import { windowOffset } from '../fleet-screen/window-offset.ts';
import type { Segment } from '../segment-line.tsx';
import { fit, printable } from '../text.ts';
import type { Choice } from '../view-state.ts';
import { Popup, type PopupLine, popupFrameHeight, popupFrameWidth } from './popup.tsx';

type ChoosePopupProps = {
  readonly choice: Choice;
  /** Index of the option that Enter takes. */
  readonly cursor: number;
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
};

/** Several things, of which one is chosen by its key, or with the arrows and Enter. */
export const ChoosePopup = ({ choice, cursor, window }: ChoosePopupProps) => {
  const { theme } = useDashboard();
  const { accent, quiet, strong } = theme.styles;
  const { options, title } = choice;
  const previous = useRef(0);
  const height = Math.max(1, window.rows - popupFrameHeight);
  const offset = windowOffset({
    count: options.length,
    height,
    selected: cursor,
    previous: previous.current,
  });
  previous.current = offset;
  const hasKeys = options.some(({ key }) => key !== undefined);
  const most = Math.max(8, Math.floor((window.columns - popupFrameWidth) / 2));
  const width = Math.min(most, Math.max(0, ...options.map(({ label }) => widthOf(label))));
  const lines = options.map(({ detail, key = ' ', label }, index): PopupLine => {
    const isChosen = index === cursor;
    const line: Segment[] = [
      { text: isChosen ? `${theme.glyphs.marker} ` : '  ', style: accent },
      { text: hasKeys ? `${key}  ` : '', style: { ...strong, ...accent } },
      { text: fit(label, width, theme.glyphs.ellipsis), style: isChosen ? strong : {} },
      { text: detail === '' ? '' : `  ${printable(detail, 300)}`, style: quiet },
    ];
    return line;
  });
  return (
    <Popup
      title={title}
      lines={lines}
      keys="Enter chooses   Esc closes"
      window={window}
      offset={offset}
      style={accent}
    />
  );
};

const widthOf = (label: string): number => stringWidth(printable(label, 300));
