import { Box } from 'ink';
import { memo } from 'react';
import type { NodeState } from '../../fleet/state.ts';
import { useDashboard } from '../dashboard-context.ts';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import { truncate } from '../text.ts';
import type { Theme } from '../theme.ts';
import { useNode } from '../use-fleet.ts';
import { formatAddress, formatType } from './columns.ts';
import { HealthLine } from './health-line.tsx';
import { LogTail } from './log-tail.tsx';
import { Timeline } from './timeline.tsx';
import { TroubleLines, troubleLines } from './trouble-lines.tsx';

type DetailPaneProps = {
  /** Name of the selected node. */
  readonly name: string | undefined;
  /** In terminal columns. */
  readonly width: number;
  /** In rows, the title included. */
  readonly height: number;
};

/**
 * The selected node: what it is, how it got where it is, how it was found, what is wrong, and the
 * end of its log.
 */
export const DetailPane = memo(({ name, width, height }: DetailPaneProps) => {
  const { commandLine, theme } = useDashboard();
  const node = useNode(name);
  if (node === undefined) return <Box height={height} flexShrink={0} />;
  const body = height - 1;
  const hasTimeline = body >= 3 && node.timeline.length > 0;
  const { health } = node;
  // What is wrong comes first where there is little room.
  const hasHealth = health !== undefined && body >= (node.trouble === undefined ? 3 : 5);
  const room = body - (hasTimeline ? 1 : 0) - (hasHealth ? 1 : 0);
  const trouble = troubleLines(node, { theme, commandLine }, width, room);
  return (
    <Box flexDirection="column" height={height} flexShrink={0} overflowY="hidden">
      <SegmentLine segments={titleSegments(node, theme, width)} width={width} />
      {hasTimeline && <Timeline node={node} width={width} />}
      {hasHealth && (
        <HealthLine
          health={health}
          isStarting={theme.phases[node.phase].isSpinning}
          width={width}
        />
      )}
      <TroubleLines lines={trouble} width={width} />
      <LogTail log={node.log} width={width} height={room - trouble.length} />
    </Box>
  );
});

/** A rule that carries what is known of the machine, as far as there is room for whole facts. */
const titleSegments = (node: NodeState, theme: Theme, width: number): Segment[] => {
  const { line, separator } = theme.glyphs;
  const { quiet, strong } = theme.styles;
  const name = truncate(node.name, width - 4, theme.glyphs.ellipsis, 'middle');
  let facts = '';
  for (const fact of factsOf(node)) {
    const longer = facts === '' ? fact : `${facts} ${separator} ${fact}`;
    if (longer.length + name.length + 8 > width) break;
    facts = longer;
  }
  const text = facts === '' ? ' ' : `  ${facts} `;
  return [
    { text: `${line}${line} `, style: quiet },
    { text: name, style: strong },
    { text, style: quiet },
    { text: line.repeat(Math.max(0, width - 3 - name.length - text.length)), style: quiet },
  ];
};

/** Facts of the machine, those that a person needs to reach it first. */
const factsOf = (node: NodeState): string[] =>
  [
    node.instanceId ?? '',
    formatAddress(node),
    node.attempt > 1 ? `attempt ${node.attempt}` : '',
    node.hostKey === 'pinned' ? 'host key not verified' : '',
    formatType(node, ' on demand'),
    node.zone ?? node.region,
  ].filter((fact) => fact !== '');
