import { moreLines } from '../../events/topic.ts';
import { useDashboard } from '../dashboard-context.ts';
import { formatTime } from '../duration.ts';
import { noticeMark } from '../status-line.tsx';
import { wrap } from '../text.ts';
import { useFleet } from '../use-fleet.ts';
import { Popup, type PopupLine, popupFrameWidth } from './popup.tsx';

type NoticesPopupProps = {
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
  /** Lines that were scrolled past. */
  readonly offset: number;
};

/** Everything that was said about the fleet as a whole, newest first, with its hint; where to read on, last. */
export const NoticesPopup = ({ window, offset }: NoticesPopupProps) => {
  const { theme } = useDashboard();
  const notices = useFleet((state) => state.notices);
  const width = Math.min(100, window.columns - popupFrameWidth);
  const indent = 13;
  const { ellipsis, arrow } = theme.glyphs;
  const lines = notices.toReversed().flatMap((notice): PopupLine[] => {
    const [first = '', ...rest] = wrap(notice.message, width - indent, 3, ellipsis);
    const hint = wrap(notice.hint ?? '', width - indent, 2, ellipsis);
    return [
      [
        { text: `${formatTime(notice.time)} `, style: theme.styles.quiet },
        ...noticeMark({ ...notice, message: ` ${first}` }, theme),
      ],
      ...rest.map((text) => [{ text: ' '.repeat(indent) + text }]),
      ...(notice.hint === undefined ? [] : hint).map((text, index) => [
        {
          text: `${' '.repeat(indent - 2)}${index === 0 ? arrow : ' '} ${text}`,
          style: theme.styles.quiet,
        },
      ]),
    ];
  });
  const more = moreLines(notices.toReversed().map(({ topic }) => topic))
    .flatMap((text) => wrap(text, width, 3, ellipsis))
    .map((text): PopupLine => [{ text, style: theme.styles.quiet }]);
  const end: PopupLine[] = more.length === 0 ? [] : [[{ text: '' }], ...more];
  const none: PopupLine[] = [[{ text: 'Nothing was said about the fleet so far.' }]];
  return (
    <Popup
      title="Notices"
      lines={lines.length === 0 ? none : [...lines, ...end]}
      keys="Esc closes"
      window={window}
      offset={offset}
      style={theme.styles.accent}
    />
  );
};
