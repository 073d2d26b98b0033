import type { ActionState } from '../../fleet/state.ts';
import type { Style, Theme } from '../theme.ts';
import type { OutcomeStatus } from './outcome-entries.ts';

/** A character, one column wide, with its colour. */
export type Mark = { readonly glyph: string; readonly style: Style };

/** What an outcome looks like. The word stands beside it wherever there is room. */
export const outcomeMark = (
  status: OutcomeStatus,
  { glyphs, styles }: Pick<Theme, 'glyphs' | 'styles'>,
): Mark => {
  switch (status) {
    case 'succeeded':
      return { glyph: glyphs.check, style: styles.good };
    case 'failed':
      return { glyph: glyphs.cross, style: { ...styles.bad, ...styles.strong } };
    case 'cancelled':
      return { glyph: glyphs.stop, style: styles.warning };
    case 'running':
      return { glyph: glyphs.play, style: styles.accent };
    case 'skipped':
      return { glyph: glyphs.dash, style: styles.quiet };
    case 'waiting':
      return { glyph: glyphs.circle, style: styles.quiet };
    default:
      return status satisfies never;
  }
};

/** What a whole action looks like: as its worst outcome once it is over. */
export const actionMark = (
  { failure, nodes, state }: Pick<ActionState, 'failure' | 'nodes' | 'state'>,
  failed: number,
  theme: Pick<Theme, 'glyphs' | 'styles'>,
): Mark => {
  if (state === 'started') return outcomeMark('running', theme);
  if (failure !== undefined) return outcomeMark('failed', theme);
  if (nodes.length === 0) return outcomeMark('skipped', theme);
  if (failed > 0) return outcomeMark('failed', theme);
  return outcomeMark(state === 'cancelled' ? 'cancelled' : 'succeeded', theme);
};
