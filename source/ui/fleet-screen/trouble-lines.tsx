import { memo } from 'react';
import { isReplaced } from '../../fleet/is-replaced.ts';
import type { NodeState } from '../../fleet/state.ts';
import type { DashboardModel } from '../dashboard-context.ts';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import { wrap } from '../text.ts';

type TroubleLinesProps = {
  readonly lines: readonly (readonly Segment[])[];
  /** In terminal columns. */
  readonly width: number;
};

/** Why a node is in trouble and what to do about it. */
export const TroubleLines = memo(({ lines, width }: TroubleLinesProps) =>
  lines.map((segments, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text are their places in it.
    <SegmentLine key={index} width={width - 1} segments={segments} />
  )),
);

/**
 * The lines that `TroubleLines` shows: the reason, the hint, then the failing command's last
 * output as far as there is room.
 *
 * @param width in terminal columns
 * @param limit lines at most
 */
export const troubleLines = (
  node: NodeState,
  { theme, commandLine }: Pick<DashboardModel, 'theme' | 'commandLine'>,
  width: number,
  limit: number,
): readonly (readonly Segment[])[] => {
  const { trouble } = node;
  if (trouble === undefined || limit < 1) return [];
  const { ellipsis, arrow } = theme.glyphs;
  const { style, glyph } = theme.phases[node.phase];
  const what = trouble.failedPhase === undefined ? '' : `${trouble.failedPhase}: `;
  const indented = (text: string, lines: number) => wrap(text, width - 5, lines, ellipsis);
  const reason = indented(what + trouble.reason, Math.min(3, limit)).map((text, index) => [
    { text: index === 0 ? ` ${glyph} ` : '   ', style },
    { text, style },
  ]);
  const advice = isReplaced(node)
    ? `${node.replacedBy} has its place`
    : (trouble.hint ?? replacement(node, commandLine('create')));
  const hint = indented(advice, advice === '' ? 0 : Math.min(3, limit - reason.length)).map(
    (text, index) => [
      { text: index === 0 ? ` ${arrow} ` : '   ', style: theme.styles.strong },
      { text, style: theme.styles.strong },
    ],
  );
  const room = Math.max(0, Math.ceil((limit - reason.length - hint.length) / 2));
  const output = (room === 0 ? [] : (trouble.output ?? []).slice(-room)).map((text) => [
    { text: `   ${theme.glyphs.vertical} `, style },
    { text },
  ]);
  return [...reason, ...hint, ...output];
};

/** What brings back a node that EC2 takes. */
const replacement = ({ phase, trouble }: NodeState, create: string): string => {
  if (phase !== 'interrupted') return '';
  return trouble?.deadline === undefined
    ? `${create} launches another one`
    : `${create} launches another one once this one is gone`;
};
