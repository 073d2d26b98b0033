import { useDashboard } from './dashboard-context.ts';
import { Popup, popupFrameWidth } from './popup.tsx';
import { wrap } from './text.ts';
import { useNode } from './use-fleet.ts';

type TerminatePopupProps = {
  /** Name of the node that is to go. */
  readonly name: string;
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
};

/** Asks before an instance is terminated, and says what that does. */
export const TerminatePopup = ({ name, window }: TerminatePopupProps) => {
  const { commandLine, theme } = useDashboard();
  const node = useNode(name);
  const width = Math.min(64, window.columns - popupFrameWidth);
  const facts = [node?.instanceType, node?.zone ?? node?.region].filter(
    (fact) => fact !== undefined,
  );
  const instance = [
    node?.instanceId ?? 'Its instance',
    facts.length > 0 ? `(${facts.join(', ')})` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
  const text = `${instance} is terminated and its volume deleted. What runs on it stops. This can't be undone; ${commandLine('create')} launches another one.`;
  return (
    <Popup
      title={`Terminate ${name}?`}
      lines={wrap(text, width, 6, theme.glyphs.ellipsis).map((line) => [{ text: line }])}
      keys="y terminate   n keep"
      window={window}
      style={theme.styles.bad}
    />
  );
};
