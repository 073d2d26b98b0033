import { useDashboard } from '../dashboard-context.ts';
import { printable } from '../text.ts';
import type { NodeLink } from '../view-state.ts';
import { Popup, type PopupLine, popupFrameWidth } from './popup.tsx';

type LinksPopupProps = {
  readonly links: readonly NodeLink[];
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
  /** Lines that were scrolled past. */
  readonly offset: number;
};

/** Pages about nodes: each is a link, and can be read and copied in full where links are unknown. */
export const LinksPopup = ({ links, window, offset }: LinksPopupProps) => {
  const { theme } = useDashboard();
  const width = window.columns - popupFrameWidth;
  const lines = links.flatMap(({ node, url }): PopupLine[] => [
    ...(links.length === 1 ? [] : [[{ text: node, style: theme.styles.strong }]]),
    ...pieces(printable(url), width).map((text) => [
      { text, style: theme.styles.accent, link: printable(url) },
    ]),
  ]);
  const [first] = links;
  return (
    <Popup
      title={links.length === 1 ? `${first?.node} in the console` : 'Nodes in the console'}
      lines={lines}
      keys="Click opens, with ctrl or cmd in most terminals   Esc closes"
      window={window}
      offset={offset}
      style={theme.styles.accent}
    />
  );
};

/** An address has no place where it would break by itself. */
const pieces = (text: string, width: number): string[] =>
  Array.from({ length: Math.ceil(text.length / width) }, (_piece, index) =>
    text.slice(index * width, (index + 1) * width),
  );
