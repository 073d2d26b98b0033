import { Box } from 'ink';
import { memo, useState } from 'react';
import { useDashboard } from '../dashboard-context.ts';
import { formatDuration } from '../duration.ts';
import { shortPrice } from '../price.ts';
import { fitSegments, type Segment, SegmentLine } from '../segment-line.tsx';
import { truncate } from '../text.ts';
import type { Theme } from '../theme.ts';
import { useClock } from '../use-clock.ts';
import { useFleet } from '../use-fleet.ts';
import { createOverview, type FleetOverview, isSameOverview } from './fleet-overview.ts';
import { PhaseBar } from './phase-bar.tsx';
import { phaseCountForms, phaseCounts, widthOf } from './phase-counts.ts';

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
  const [summarise] = useState(createOverview);
  const overview = useFleet(summarise, isSameOverview);
  const elapsed = useClock('second', ({ now }) => elapsedOf(overview, now));
  const name = nameSegments(title, overview, theme);
  const scopes = scopeForms(props, overview, theme);
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
          scopes={scopes}
          time={time}
          width={width}
        />
      ) : (
        <>
          <Justified left={name} right={[...price, time]} width={width} />
          <CountsLine overview={overview} scopes={scopes} width={width} />
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
  /** In ever shorter forms; none where nothing was picked. */
  readonly scopes: readonly (readonly Segment[])[];
  readonly time: Segment;
  /** In terminal columns. */
  readonly width: number;
};

/** All in one line. What a person picked is there in any case, name and price where there is room. */
const CompactLine = ({ name, overview, price, scopes, time, width }: CompactLineProps) => {
  const { theme } = useDashboard();
  const gap: Segment = { text: '  ' };
  const starts = [...(scopes.length > 0 ? [] : [name]), name.slice(1)].map((start) => [
    ...start,
    gap,
  ]);
  const ends = scopes.length > 0 ? scopes.map((scope) => [...scope, gap, time]) : [[time]];
  const pairs = ends.flatMap((end) => [
    ...starts.map((start) => ({ start, right: [...price, ...end] })),
    ...starts.map((start) => ({ start, right: end })),
    ...(scopes.length > 0 ? [{ start: [], right: end }] : []),
  ]);
  const smallest = widthOf(phaseCounts(overview.counts, theme, 0));
  const roomOf = ({ start, right }: (typeof pairs)[number]) =>
    width - 3 - widthOf(start) - widthOf(right);
  const chosen = pairs.find((pair) => roomOf(pair) >= smallest) ?? pairs.at(-1);
  if (chosen === undefined) return null;
  const counts = phaseCounts(overview.counts, theme, roomOf(chosen));
  return <Justified left={[...chosen.start, ...counts]} right={chosen.right} width={width} />;
};

type CountsLineProps = {
  readonly overview: FleetOverview;
  /** In ever shorter forms; none where nothing was picked. */
  readonly scopes: readonly (readonly Segment[])[];
  /** In terminal columns. */
  readonly width: number;
};

/** The counts by phase, and which nodes a person picked, or else how many there are. */
const CountsLine = ({ overview, scopes, width }: CountsLineProps) => {
  const { theme } = useDashboard();
  const forms = phaseCountForms(overview.counts, theme);
  const pairs =
    scopes.length > 0
      ? scopes.flatMap((right) => forms.map((left) => ({ left, right })))
      : forms.flatMap((left) => sizeForms(overview, theme).map((right) => ({ left, right })));
  const fits = ({ left, right }: (typeof pairs)[number]) =>
    widthOf(left) + widthOf(right) <= width - 4;
  const { left = [], right = [] } = pairs.find(fits) ?? pairs.at(-1) ?? {};
  return <Justified left={left} right={right} width={width} />;
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
 * The filter with what it lets through, and how many nodes are selected, in ever shorter forms; none
 * without either.
 */
const scopeForms = (
  { filter, shown, marked, hidden, width }: HeaderProps,
  { nodes }: FleetOverview,
  theme: Theme,
): Segment[][] => {
  const { accent, strong, quiet } = theme.styles;
  const hiddenText = hidden === 0 ? '' : `, ${hidden} hidden`;
  const selection = { text: `${marked} selected${hiddenText}`, style: { ...strong, ...accent } };
  if (filter.trim() === '') return marked === 0 ? [] : [[selection]];
  const longest = Math.max(8, Math.floor(width / 3));
  const text = truncate(`/${filter}`, longest, theme.glyphs.ellipsis);
  const separator = { text: ` ${theme.glyphs.separator} `, style: quiet };
  const end = marked === 0 ? [] : [separator, selection];
  return [
    [{ text, style: accent }, { text: `  ${shown} of ${nodes}` }, ...end],
    [{ text, style: accent }, { text: ` ${shown}/${nodes}` }, ...end],
    [{ text: `${shown}/${nodes}` }, ...end],
  ];
};

/** How large the fleet is, in ever shorter forms. */
const sizeForms = ({ nodes, regions }: FleetOverview, theme: Theme): Segment[][] => {
  if (nodes === 0) return [[]];
  const nodesText = `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  const regionsText = `${regions} ${regions === 1 ? 'region' : 'regions'}`;
  return [`${nodesText} in ${regionsText}`, nodesText].map((text) => [
    { text, style: theme.styles.quiet },
  ]);
};

/** `$0.42/h`, with a `+` where not all prices are known. */
const formatPrice = ({ pricePerHour = 0, isPricePartial }: FleetOverview): string =>
  `${shortPrice(pricePerHour)}${isPricePartial ? '+' : ''}/h`;

const elapsedOf = ({ startedAt, settledAt }: FleetOverview, now: number): string =>
  startedAt === undefined ? '' : formatDuration((settledAt ?? now) - startedAt);
