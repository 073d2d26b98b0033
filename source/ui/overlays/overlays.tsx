import { useView } from '../use-view.ts';
import { CausePopup } from './cause-popup.tsx';
import { ChoosePopup } from './choose-popup.tsx';
import { ConfirmPopup } from './confirm-popup.tsx';
import { HelpPopup } from './help-popup.tsx';
import { LeavePopup } from './leave-popup.tsx';
import { LinksPopup } from './links-popup.tsx';
import { NoticesPopup } from './notices-popup.tsx';

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
      return <HelpPopup window={window} offset={overlay.offset ?? 0} />;
    case 'notices':
      return <NoticesPopup window={window} offset={overlay.offset ?? 0} />;
    case 'cause':
      return <CausePopup name={overlay.node} window={window} offset={overlay.offset ?? 0} />;
    case 'confirm':
      return <ConfirmPopup {...overlay} window={window} />;
    case 'links':
      return <LinksPopup links={overlay.links} window={window} offset={overlay.offset ?? 0} />;
    case 'choose':
      return <ChoosePopup choice={overlay.choice} cursor={overlay.cursor} window={window} />;
    case 'leave':
      return <LeavePopup window={window} />;
    default:
      return overlay satisfies never;
  }
};
