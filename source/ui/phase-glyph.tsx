import { Text } from 'ink';
import { memo } from 'react';
import type { Phase } from '../events/phase.ts';
import { useDashboard } from './dashboard-context.ts';
import { useClock } from './use-clock.ts';

type PhaseGlyphProps = {
  readonly phase: Phase;
};

/** One column that tells a phase: its glyph, or a spinner while something is being done. */
export const PhaseGlyph = memo(({ phase }: PhaseGlyphProps) => {
  const { theme } = useDashboard();
  const { glyph, isSpinning } = theme.phases[phase];
  return isSpinning ? <Spinner /> : <Text>{glyph}</Text>;
});

const Spinner = () => {
  const { theme } = useDashboard();
  const frame = useClock('frame', (clock) => clock.frame % theme.spinner.length);
  return <Text>{theme.spinner[frame]}</Text>;
};
