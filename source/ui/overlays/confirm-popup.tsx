import { useDashboard } from '../dashboard-context.ts';
import { describeNodes } from '../keys/act-on-nodes.ts';
import { wrap } from '../text.ts';
import { useNode } from '../use-fleet.ts';
import type { ConfirmedAction } from '../view-state.ts';
import { Popup, popupFrameWidth } from './popup.tsx';

type ConfirmPopupProps = {
  readonly action: ConfirmedAction;
  /** Names of the nodes that it is about. */
  readonly nodes: readonly string[];
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
};

/** Asks before something is done to many nodes, or can't be undone, and says what that does. */
export const ConfirmPopup = ({ action, nodes, window }: ConfirmPopupProps) => {
  const { commandLine, theme } = useDashboard();
  const node = useNode(nodes[0] ?? '');
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
  const title = `${action.charAt(0).toUpperCase()}${action.slice(1)} ${describeNodes(nodes)}?`;
  const text =
    action === 'terminate'
      ? `${instance} is terminated and its volume deleted. What runs on it stops. This can't be undone; ${commandLine('create')} launches another one.`
      : nodes.join(', ');
  return (
    <Popup
      title={title}
      lines={wrap(text, width, 6, theme.glyphs.ellipsis).map((line) => [{ text: line }])}
      keys={`y ${action}   n keep`}
      window={window}
      style={
        action === 'terminate' || action === 'replace' ? theme.styles.bad : theme.styles.accent
      }
    />
  );
};
