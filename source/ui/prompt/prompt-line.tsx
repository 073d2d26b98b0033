import stringWidth from 'string-width';
import { useDashboard } from '../dashboard-context.ts';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import type { Prompt } from '../view-state.ts';

type PromptLineProps = {
  readonly prompt: Prompt;
  /** In terminal columns. */
  readonly width: number;
};

/** A line that is typed into: what is asked for, the text with its cursor, and what is wrong. */
export const PromptLine = ({ prompt, width }: PromptLineProps) => {
  const { theme } = useDashboard();
  const { edit, label, problem } = prompt;
  const room = Math.max(8, width - label.length - (problem?.length ?? 0) - 8);
  const before = endOf(edit.text.slice(0, edit.cursor), room);
  const [under = ' ', ...after] = [...edit.text.slice(edit.cursor)];
  const segments: Segment[] = [
    { text: ` ${label} `, style: { ...theme.styles.strong, ...theme.styles.accent } },
    { text: before },
    { text: under, style: { inverse: true } },
    { text: after.join('') },
    {
      text: problem === undefined ? '' : `  ${theme.glyphs.cross} ${problem}`,
      style: theme.styles.bad,
    },
  ];
  return <SegmentLine segments={segments} width={width} />;
};

/** As much of the end of a text as fits: the end of a long line is where one types. */
const endOf = (text: string, width: number): string => {
  const shown: string[] = [];
  let left = width;
  for (const character of [...text.slice(-2 * width)].reverse()) {
    left -= stringWidth(character);
    if (left < 0) break;
    shown.push(character);
  }
  return shown.reverse().join('');
};
