import { useDashboard } from '../dashboard-context.ts';
import type { Choice } from '../view-state.ts';
import { Popup, type PopupLine } from './popup.tsx';

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
  const lines = choice.options.map(
    ({ detail, key, label }, index): PopupLine => [
      { text: index === cursor ? `${theme.glyphs.marker} ` : '  ', style: theme.styles.accent },
      { text: key === undefined ? '' : `${key}  `, style: theme.styles.accent },
      { text: label },
      { text: detail === '' ? '' : `  ${detail}`, style: theme.styles.quiet },
    ],
  );
  return (
    <Popup
      title={choice.title}
      lines={lines}
      keys="Enter chooses   Esc closes"
      window={window}
      style={theme.styles.accent}
    />
  );
};
