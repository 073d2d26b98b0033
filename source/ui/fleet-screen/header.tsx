import { Box } from 'ink';
import { memo } from 'react';
import { useDashboard } from '../dashboard-context.ts';
import { formatDuration } from '../duration.ts';
import { fitSegments, type Segment, SegmentLine } from '../segment-line.tsx';
import { truncate } from '../text.ts';
import type { Theme } from '../theme.ts';
import { useClock } from '../use-clock.ts';
import { useFleet } from '../use-fleet.ts';
import { type FleetOverview, isSameOverview, summarise } from './fleet-overview.ts';
import { PhaseBar } from './phase-bar.tsx';
import { phaseCounts, widthOf } from './phase-counts.ts';

type HeaderProps = {
  /** What is shown: `spot-tui`, or what a recording is called. */
  readonly title: string;
  /** As typed; empty for all nodes. */
  readonly filter: string;
  /** How many nodes the filter lets through. */
  readonly shown: number;
  /** How many nodes are selected, those that the filter hides included. */
  readonly marked: number;
  /** How many of the selected nodes the filter hides. */
  readonly hidden: number;
  /** In terminal columns. */
  readonly width: number;
  /** Rows above the bar: 1 or 2; with one, title and counts share it. */
  readonly height: number;
};

/**
 * Which deployment this is, how many of its nodes are in which phase, what it costs, for how long it
 * runs, and which of its nodes a person picked.
 */
export const Header = memo((props: HeaderProps) => {
  const { title, width, height } = props;
  const { theme } = useDashboard();
  const overview = useFleet(summarise, isSameOverview);
  const elapsed = useClock('second', ({ now }) => elapsedOf(overview, now));
  const name = nameSegments(title, overview, theme);
  const scope = scopeSegments(props, overview, theme);
  const time: Segment = { text: elapsed, style: theme.styles.strong };
  const price: Segment[] =
    overview.pricePerHour === undefined
      ? []
      : [{ text: formatPrice(overview), style: theme.styles.quiet }, { text: '  ' }];
  return (
    <Box flexDirection="column" flexShrink={0}>
      {height < 2 ? (
        <CompactLine
          name={name.slice(0, 2)}
          overview={overview}
          price={price}
          scope={scope}
          time={time}
          width={width}
        />
      ) : (
        <>
          <Justified left={name} right={[...price, time]} width={width} />
          <CountsLine overview={overview} scope={scope} width={width} />
        </>
      )}
      <PhaseBar counts={overview.counts} width={width} />
    </Box>
  );
});

type CompactLineProps = {
  readonly name: readonly Segment[];
  readonly overview: FleetOverview;
  readonly price: readonly Segment[];
  readonly scope: readonly Segment[];
  readonly time: Segment;
  /** In terminal columns. */
  readonly width: number;
};

/** All in one line. What a person picked is there in any case, name and price where there is room. */
const CompactLine = ({ name, overview, price, scope, time, width }: CompactLineProps) => {
  const { theme } = useDashboard();
  const smallest = phaseCounts(overview.counts, theme, 0);
  const end = scope.length > 0 ? [...scope, { text: '  ' }, time] : [time];
  const room = width - 2 - widthOf(end) - 1;
  const hasName = widthOf(name) + 2 + widthOf(smallest) <= room;
  const start = hasName || scope.length === 0 ? [...name, { text: '  ' }] : [];
  const hasPrice = widthOf(start) + widthOf(smallest) + widthOf(price) <= room;
  const right = hasPrice ? [...price, ...end] : end;
  const left = width - 3 - widthOf(start) - widthOf(right);
  return (
    <Justified
      left={[...start, ...phaseCounts(overview.counts, theme, left)]}
      right={right}
      width={width}
    />
  );
};

type CountsLineProps = {
  readonly overview: FleetOverview;
  readonly scope: readonly Segment[];
  /** In terminal columns. */
  readonly width: number;
};

/** The counts by phase, and which nodes a person picked, or else how many there are. */
const CountsLine = ({ overview, scope, width }: CountsLineProps) => {
  const { theme } = useDashboard();
  const right = scope.length > 0 ? scope : sizeSegments(overview, theme);
  const counts = phaseCounts(overview.counts, theme, width - 3 - widthOf(right));
  return <Justified left={counts} right={right} width={width} />;
};

type JustifiedProps = {
  /** Cut where it would reach into `right`. */
  readonly left: readonly Segment[];
  readonly right: readonly Segment[];
  /** In terminal columns, a blank at either edge included. */
  readonly width: number;
};

const Justified = ({ left, right, width }: JustifiedProps) => {
  const { theme } = useDashboard();
  const room = Math.max(0, width - widthOf(right) - 2);
  const start = fitSegments([{ text: ' ' }, ...left], room, theme.glyphs.ellipsis, true);
  return <SegmentLine segments={[...start, { text: ' ' }, ...right]} width={width} />;
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

/**
 * The filter with what it lets through, and how many nodes are selected; nothing without either. A
 * filter that has no room beside a selection is left out.
 */
const scopeSegments = (
  { filter, shown, marked, hidden, width }: HeaderProps,
  { nodes }: FleetOverview,
  theme: Theme,
): readonly Segment[] => {
  const { accent, strong, quiet } = theme.styles;
  const hiddenText = hidden === 0 ? '' : `, ${hidden} hidden`;
  const selection: Segment[] =
    marked === 0
      ? []
      : [{ text: `${marked} selected${hiddenText}`, style: { ...strong, ...accent } }];
  if (filter.trim() === '') return selection;
  const longest = Math.max(8, Math.floor(width / 3));
  const text = truncate(`/${filter}`, longest, theme.glyphs.ellipsis);
  const separator = { text: ` ${theme.glyphs.separator} `, style: quiet };
  const end = marked === 0 ? [] : [separator, ...selection];
  const full = [{ text, style: accent }, { text: `  ${shown} of ${nodes}` }, ...end];
  return widthOf(full) <= width - 10 ? full : [{ text: `${shown}/${nodes}` }, ...end];
};

const sizeSegments = ({ nodes, regions }: FleetOverview, theme: Theme): Segment[] => {
  if (nodes === 0) return [];
  const nodesText = `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  const regionsText = `${regions} ${regions === 1 ? 'region' : 'regions'}`;
  return [{ text: `${nodesText} in ${regionsText}`, style: theme.styles.quiet }];
};

/** `$0.42/h`, with a `+` where not all prices are known. */
const formatPrice = ({ pricePerHour = 0, isPricePartial }: FleetOverview): string => {
  const digits = pricePerHour < 0.1 ? 3 : 2;
  return `$${pricePerHour.toFixed(digits)}${isPricePartial ? '+' : ''}/h`;
};

const elapsedOf = ({ startedAt, settledAt }: FleetOverview, now: number): string =>
  startedAt === undefined ? '' : formatDuration((settledAt ?? now) - startedAt);
