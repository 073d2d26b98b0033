import stringWidth from 'string-width';
import type { Phase } from '../../events/phase.ts';
import type { Segment } from '../segment-line.tsx';
import type { Theme } from '../theme.ts';

/** Columns that segments take together. */
export const widthOf = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { text }) => sum + stringWidth(text), 0);

/**
 * How many nodes are in each phase, in ever shorter forms: by name; the phases between start and end
 * as one; the glyphs alone.
 *
 * @param counts nodes by phase, in the order in which they are shown
 */
export const phaseCountForms = (
  counts: ReadonlyMap<Phase, number>,
  theme: Theme,
): readonly (readonly Segment[])[] => {
  const all = [...counts].map(([phase, count]) => named(phase, count, theme));
  return [
    join(all, '   '),
    join(withoutSteps(counts, theme), '   '),
    join(byGlyph(counts, theme), ' '),
  ];
};

/**
 * The longest of these forms that has room.
 *
 * @param width in terminal columns; with less than the shortest form needs, that is the answer
 */
export const phaseCounts = (
  counts: ReadonlyMap<Phase, number>,
  theme: Theme,
  width: number,
): readonly Segment[] => {
  const forms = phaseCountForms(counts, theme);
  return forms.find((form) => widthOf(form) <= width) ?? forms.at(-1) ?? [];
};

const named = (phase: Phase, count: number, theme: Theme): Segment => {
  const { glyph, style } = theme.phases[phase];
  return { text: `${glyph} ${count} ${phase}`, style };
};

const withoutSteps = (counts: ReadonlyMap<Phase, number>, theme: Theme): Segment[] => {
  const isStep = (phase: Phase) => theme.phases[phase].isSpinning;
  const inWork = [...counts].reduce((sum, [phase, count]) => sum + (isStep(phase) ? count : 0), 0);
  return [
    ...[...counts].flatMap(([phase, count]) => (isStep(phase) ? [] : named(phase, count, theme))),
    ...(inWork === 0
      ? []
      : [{ text: `${theme.glyphs.circle} ${inWork} in work`, style: theme.styles.accent }]),
  ];
};

const byGlyph = (counts: ReadonlyMap<Phase, number>, theme: Theme): Segment[] => {
  const groups = Map.groupBy(counts, ([phase]) => theme.phases[phase].glyph);
  return [...groups].map(([glyph, members]) => {
    const [first] = members;
    const sum = members.reduce((total, [, count]) => total + count, 0);
    const style = first === undefined ? {} : theme.phases[first[0]].style;
    return { text: `${glyph}${sum}`, style };
  });
};

const join = (segments: readonly Segment[], gap: string): readonly Segment[] =>
  segments.flatMap((segment, index) => (index === 0 ? [segment] : [{ text: gap }, segment]));
