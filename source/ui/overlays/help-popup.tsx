import { type Phase, pipelinePhases, sidePhases } from '../../events/phase.ts';
import { useDashboard } from '../dashboard-context.ts';
import { type KeyBinding, keyGroups, labelOf } from '../keys/key-map.ts';
import type { Segment } from '../segment-line.tsx';
import { fit } from '../text.ts';
import type { Theme } from '../theme.ts';
import { useView } from '../use-view.ts';
import { screenName } from '../view-state.ts';
import { Popup, type PopupLine, popupFrameWidth } from './popup.tsx';

type HelpPopupProps = {
  /** The window, in terminal columns and rows. */
  readonly window: { readonly columns: number; readonly rows: number };
  /** Lines that were scrolled past. */
  readonly offset: number;
};

/** A piece of the help that stays together: its title and what stands below. */
type Entry = { readonly key: Segment; readonly description: string };

const keyWidth = 12;
const columnGap = 2;
/** A column narrower than this would cut most descriptions. */
const narrowestColumn = 46;

/** All keys of the visible screen, and what the glyphs of the phases mean. */
export const HelpPopup = ({ window, offset }: HelpPopupProps) => {
  const { keys, theme } = useDashboard();
  const screen = useView(screenName);
  const width = window.columns - popupFrameWidth;
  const columns = Math.max(1, Math.min(3, Math.floor(width / (narrowestColumn + columnGap))));
  const columnWidth = Math.min(64, Math.floor(width / columns) - (columns > 1 ? columnGap : 0));
  const blocks = [...keyBlocks(keys.of(screen), theme), legendBlock(theme)].map((block) =>
    block.map(({ key, description }) => entryLine(key, description, columnWidth, theme)),
  );
  return (
    <Popup
      title="Keys"
      lines={beside(flow(blocks, columns), columnWidth)}
      keys={`${labelOf('up', theme.hasUnicode)} ${labelOf('down', theme.hasUnicode)} scroll   Esc closes`}
      window={window}
      offset={offset}
      style={theme.styles.accent}
    />
  );
};

const entryLine = (
  key: Segment,
  description: string,
  width: number,
  theme: Theme,
): readonly Segment[] => [
  { ...key, text: fit(key.text, keyWidth, theme.glyphs.ellipsis) },
  { text: fit(description, width - keyWidth, theme.glyphs.ellipsis) },
];

/** The bindings of each group, one block a group; what somebody in trouble needs comes first. */
const keyBlocks = (bindings: readonly KeyBinding[], theme: Theme): Entry[][] =>
  keyGroups.flatMap((group) => {
    const own = bindings.filter((binding) => binding.group === group);
    if (own.length === 0) return [];
    return [
      [
        { key: { text: group, style: theme.styles.strong }, description: '' },
        ...own.map(({ description, keys }) => ({
          key: {
            text: keys.map((key) => labelOf(key, theme.hasUnicode)).join(' '),
            style: { ...theme.styles.strong, ...theme.styles.accent },
          },
          description: theme.hasUnicode ? description : description.replaceAll('…', '...'),
        })),
      ],
    ];
  });

const legendBlock = (theme: Theme): Entry[] => {
  const phases: readonly Phase[] = [...pipelinePhases, ...sidePhases];
  return [
    { key: { text: 'Phases', style: theme.styles.strong }, description: '' },
    ...phases.map((phase) => {
      const { glyph, style, isSpinning } = theme.phases[phase];
      return {
        key: { text: isSpinning ? (theme.spinner[0] ?? '') : glyph, style },
        description: phase,
      };
    }),
  ];
};

/** Puts blocks below each other in columns of about the same height, without cutting a block. */
const flow = (blocks: readonly PopupLine[][], columns: number): PopupLine[][] => {
  const total = blocks.reduce((sum, block) => sum + block.length + 1, 0);
  const filled: PopupLine[][] = [[]];
  for (const block of blocks) {
    const last = filled.at(-1) ?? [];
    const isFull = last.length > 0 && last.length + block.length / 2 > total / columns;
    if (isFull && filled.length < columns) filled.push([...block]);
    else last.push(...(last.length > 0 ? [[{ text: '' }]] : []), ...block);
  }
  return filled;
};

/** Columns of lines as lines. */
const beside = (columns: readonly PopupLine[][], columnWidth: number): PopupLine[] => {
  const height = Math.max(...columns.map(({ length }) => length));
  return Array.from({ length: height }, (_line, row) =>
    columns.flatMap((column, index): Segment[] => [
      ...(index > 0 ? [{ text: ' '.repeat(columnGap) }] : []),
      ...(isEmpty(column[row]) ? [{ text: ' '.repeat(columnWidth) }] : (column[row] ?? [])),
    ]),
  );
};

const isEmpty = (line: PopupLine | undefined): boolean =>
  line === undefined || line.every(({ text }) => text === '');
