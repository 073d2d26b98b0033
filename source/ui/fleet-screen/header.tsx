import { Box } from 'ink';
import stringWidth from 'string-width';
import type { Phase } from '../../events/phase.ts';
import { useDashboard } from '../dashboard-context.ts';
import { formatDuration } from '../duration.ts';
import { fitSegments, type Segment, SegmentLine } from '../segment-line.tsx';
import type { Theme } from '../theme.ts';
import { useClock } from '../use-clock.ts';
import { useFleet } from '../use-fleet.ts';
import { type FleetOverview, isSameOverview, summarise } from './fleet-overview.ts';

type HeaderProps = {
  /** What is shown: `spot-tui`, or what a recording is called. */
  readonly title: string;
  /** In terminal columns. */
  readonly width: number;
  /** 1 or 2; with one, title and counts share it. */
  readonly height: number;
};

/** Which deployment this is, how many of its nodes are in which phase, and for how long it runs. */
export const Header = ({ title, width, height }: HeaderProps) => {
  const { theme } = useDashboard();
  const overview = useFleet(summarise, isSameOverview);
  const elapsed = useClock('second', ({ now }) => elapsedOf(overview, now));
  const name = nameSegments(title, overview, theme);
  const counts = countSegments(overview, theme, width - 1);
  const right: Segment = { text: elapsed, style: theme.styles.strong };
  if (height < 2) {
    const compact = [...name.slice(0, 2), { text: '  ' }, ...counts];
    return <Justified left={compact} right={right} width={width} />;
  }
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Justified left={name} right={right} width={width} />
      <Justified left={counts} right={sizeSegment(overview, theme)} width={width} />
    </Box>
  );
};

type JustifiedProps = {
  /** Cut where it would reach into `right`. */
  readonly left: readonly Segment[];
  readonly right: Segment;
  /** In terminal columns, a blank at either edge included. */
  readonly width: number;
};

const Justified = ({ left, right, width }: JustifiedProps) => {
  const { theme } = useDashboard();
  const room = Math.max(0, width - stringWidth(right.text) - 2);
  const start = fitSegments([{ text: ' ' }, ...left], room, theme.glyphs.ellipsis, true);
  return <SegmentLine segments={[...start, { text: ' ' }, right]} width={width} />;
};

const nameSegments = (title: string, overview: FleetOverview, theme: Theme): Segment[] => {
  const { quiet, strong, accent } = theme.styles;
  const { deployment, command } = overview;
  const label = title === deployment ? '' : `${title}${deployment === '' ? '' : ' '}`;
  return [
    { text: label, style: quiet },
    { text: deployment, style: { ...strong, ...accent } },
    { text: command === '' ? '' : `  ${command}`, style: quiet },
  ];
};

const sizeSegment = (overview: FleetOverview, theme: Theme): Segment => {
  const { nodes, regions } = overview;
  if (nodes === 0) return { text: '' };
  const nodesText = `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  const regionsText = `${regions} ${regions === 1 ? 'region' : 'regions'}`;
  return { text: `${nodesText} in ${regionsText}`, style: theme.styles.quiet };
};

/** The counts by phase; where they don't fit, the phases between start and end become one. */
const countSegments = (overview: FleetOverview, theme: Theme, width: number): Segment[] => {
  const entries = [...overview.counts];
  const all = entries.flatMap(([phase, count]) => countOf(phase, count, theme));
  const allWidth = all.reduce((sum, { text }) => sum + stringWidth(text), 0);
  // The size of the fleet stands at the right of the same line.
  if (allWidth <= width - 24) return all;
  const isBetween = (phase: Phase) => theme.phases[phase].isSpinning;
  return [
    ...entries
      .filter(([phase]) => !isBetween(phase))
      .flatMap(([phase, count]) => countOf(phase, count, theme)),
    {
      text: `${theme.glyphs.circle} ${entries.reduce(
        (sum, [phase, count]) => sum + (isBetween(phase) ? count : 0),
        0,
      )} in work`,
      style: theme.styles.accent,
    },
  ];
};

const countOf = (phase: Phase, count: number, theme: Theme): Segment[] => {
  const { glyph, style } = theme.phases[phase];
  return [{ text: `${glyph} ${count} ${phase}`, style }, { text: '   ' }];
};

const elapsedOf = ({ startedAt, settledAt }: FleetOverview, now: number): string =>
  startedAt === undefined ? '' : formatDuration((settledAt ?? now) - startedAt);
