import { memo } from 'react';
import type { Phase } from '../../events/phase.ts';
import { useDashboard } from '../dashboard-context.ts';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import { phaseShares } from './phase-shares.ts';

type PhaseBarProps = {
  /** How many nodes are in each phase, in the order in which they are shown. */
  readonly counts: ReadonlyMap<Phase, number>;
  /** In terminal columns. */
  readonly width: number;
};

/**
 * The rule under the header, which is also the fleet: as many columns for each phase as it has a
 * part of the nodes. The patterns are as different as the colours, so that it can be read without.
 */
export const PhaseBar = memo(({ counts, width }: PhaseBarProps) => {
  const { theme } = useDashboard();
  const { line } = theme.glyphs;
  if (counts.size === 0) {
    return (
      <SegmentLine
        segments={[{ text: line.repeat(width), style: theme.styles.quiet }]}
        width={width}
      />
    );
  }
  const patterns = theme.hasUnicode ? unicodePatterns : asciiPatterns;
  const segments = [...phaseShares(counts, width)].map(
    ([phase, columns]): Segment => ({
      text: patterns[phase].repeat(columns),
      style: theme.phases[phase].style,
    }),
  );
  return <SegmentLine segments={segments} width={width} />;
});

/** One column wide each: blocks for trouble, a solid line for what is done, broken ones before. */
const unicodePatterns: Readonly<Record<Phase, string>> = {
  failed: '█',
  interrupted: '▓',
  degraded: '▒',
  ready: '━',
  verifying: '╍',
  configuring: '┅',
  'cloud-init': '┉',
  uploading: '═',
  connecting: '╌',
  booting: '┄',
  launching: '┈',
  pending: '─',
  terminating: '-',
  terminated: '·',
};

const asciiPatterns: Readonly<Record<Phase, string>> = {
  failed: 'X',
  interrupted: '*',
  degraded: '!',
  ready: '=',
  verifying: '+',
  configuring: '~',
  'cloud-init': '^',
  uploading: '"',
  connecting: ':',
  booting: '-',
  launching: ',',
  pending: '.',
  terminating: ';',
  terminated: '_',
};
