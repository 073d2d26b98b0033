import { useDashboard } from '../dashboard-context.ts';
import { describeNodes } from '../keys/targets.ts';
import type { LineEdit } from '../prompt/line-edit.ts';
import { wrap } from '../text.ts';
import type { Theme } from '../theme.ts';
import { nameLines } from './name-lines.ts';
import { Popup, type PopupLine, popupFrameHeight, popupFrameWidth } from './popup.tsx';
import type { Question } from './question.ts';

type ConfirmPopupProps = {
  readonly question: Question;
  /** What has been typed so far, where something has to be. */
  readonly typed: LineEdit;
  /** What is wrong with it. */
  readonly problem?: string;
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
};

/** Columns beyond which lines are hard to read. */
const widest = 76;

/** Asks before something is done to many nodes, or can't be undone: to which, and what that does. */
export const ConfirmPopup = ({ question, typed, problem, window }: ConfirmPopupProps) => {
  const { theme } = useDashboard();
  const { isDestructive, nodes, title, toType, verb } = question;
  const width = Math.min(widest, window.columns - popupFrameWidth);
  const { ellipsis } = theme.glyphs;
  const typing = toType === undefined ? [] : typedLines(toType, typed, problem, theme);
  const room = window.rows - popupFrameHeight - typing.length;
  const paragraphs = [
    question.effects.flatMap((effect) => plain(wrap(effect, width, 5, ellipsis))),
    nodes.length < 2
      ? []
      : plain(
          nameLines(nodes, { width, most: Math.max(1, Math.min(5, room - 8)), ellipsis }),
          theme.styles.strong,
        ),
    leftOutLines(question, width, theme),
  ].filter((lines) => lines.length > 0);
  const told = paragraphs.flatMap((lines, index) => (index === 0 ? lines : [blank, ...lines]));
  if (typing.length > 0) told.push(blank);
  // Whatever there is to tell: what has to be typed is seen.
  const shown = told.length <= room ? told : [...told.slice(0, room - 1), [{ text: ellipsis }]];
  return (
    <Popup
      title={title}
      lines={[...shown, ...typing]}
      keys={keysOf(verb, { isDestructive, isTyped: toType !== undefined })}
      window={window}
      style={isDestructive ? theme.styles.bad : theme.styles.accent}
    />
  );
};

const blank: PopupLine = [{ text: '' }];

const keysOf = (
  verb: string,
  { isDestructive, isTyped }: { readonly isDestructive: boolean; readonly isTyped: boolean },
): string => {
  if (isTyped) return `Enter ${verb}   Esc keep`;
  return isDestructive ? `y ${verb}   n keep` : `y or Enter ${verb}   n not`;
};

const plain = (lines: readonly string[], style = {}): PopupLine[] =>
  lines.map((text) => [{ text, style }]);

/** Reasons that are told one by one. */
const mostReasons = 3;

const leftOutLines = (
  { leftOut }: Question,
  width: number,
  { glyphs, styles }: Theme,
): PopupLine[] => {
  const shown = leftOut.slice(0, mostReasons);
  const others = leftOut.slice(mostReasons).flatMap(({ nodes }) => nodes);
  return [
    ...shown.map(({ nodes, reason }) => `Not ${describeNodes(nodes)}: ${reason}`),
    ...(others.length === 0 ? [] : [`Not ${describeNodes(others)} for other reasons`]),
  ].flatMap((text) =>
    wrap(text, width - 2, 2, glyphs.ellipsis).map(
      (line, index): PopupLine => [
        { text: index === 0 ? `${glyphs.warning} ` : '  ', style: styles.warning },
        { text: line },
      ],
    ),
  );
};

const typedLines = (
  toType: string,
  { cursor, text }: LineEdit,
  problem: string | undefined,
  { glyphs, styles }: Theme,
): PopupLine[] => {
  const [under = ' ', ...after] = [...text.slice(cursor)];
  return [
    [{ text: 'Type ' }, { text: toType, style: styles.strong }, { text: ' to go on:' }],
    [
      { text: `${glyphs.marker} `, style: styles.accent },
      { text: text.slice(0, cursor) },
      { text: under, style: { inverse: true } },
      { text: after.join('') },
    ],
    problem === undefined
      ? [{ text: '' }]
      : [{ text: `${glyphs.cross} `, style: styles.bad }, { text: problem }],
  ];
};
