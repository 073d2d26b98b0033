import { HelpPopup } from './help-popup.tsx';
import { LeavePopup } from './leave-popup.tsx';
import { NoticesPopup } from './notices-popup.tsx';
import { TerminatePopup } from './terminate-popup.tsx';
import { useView } from './use-view.ts';

type OverlaysProps = {
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
};

/** What lies over the table, if anything does. */
export const Overlays = ({ window }: OverlaysProps) => {
  const overlay = useView((view) => view.overlay);
  if (overlay === undefined) return null;
  switch (overlay.type) {
    case 'help':
      return <HelpPopup window={window} />;
    case 'notices':
      return <NoticesPopup window={window} />;
    case 'terminate':
      return <TerminatePopup name={overlay.node} window={window} />;
    case 'leave':
      return <LeavePopup window={window} />;
    default:
      return overlay satisfies never;
  }
};
