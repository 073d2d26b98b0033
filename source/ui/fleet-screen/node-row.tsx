import { Text } from 'ink';
import { Fragment, memo, type ReactNode } from 'react';
import type { NodeState } from '../../fleet/state.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Elapsed } from '../elapsed.tsx';
import { LastLine } from '../last-line.tsx';
import { PhaseGlyph } from '../phase-glyph.tsx';
import { exactPrice } from '../price.ts';
import { fit, truncate } from '../text.ts';
import type { Style, Theme } from '../theme.ts';
import { useNode } from '../use-fleet.ts';
import { warningsOf } from '../warnings-of.ts';
import { type Column, formatAddress, formatType, rowWidth } from './columns.ts';

type NodeRowProps = {
  /** Name of the node. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** In terminal columns: a selected row is a bar across the window. */
  readonly width: number;
  readonly isSelected: boolean;
  /** Whether it is one of those that the next action works on. */
  readonly isMarked: boolean;
};

/**
 * One line of the table: the cursor, the mark, then the columns. It is one text with others inside, because a box per cell would cost
 * several times as much, and what moves in it renders by itself.
 */
export const NodeRow = memo(({ name, columns, width, isSelected, isMarked }: NodeRowProps) => {
  const { theme } = useDashboard();
  const node = useNode(name);
  if (node === undefined) return null;
  const hasLog = columns.some(({ id }) => id === 'log');
  return (
    <Text wrap="truncate" inverse={isSelected}>
      {isSelected ? theme.glyphs.marker : ' '}
      {isMarked ? <Text {...markStyle(isSelected, theme)}>{markOf(theme)}</Text> : ' '}
      {columns.map((column) => (
        <Fragment key={column.id}>
          {' '.repeat(column.gap)}
          {cell(column, node, theme, { isSelected, isMarked, hasLog })}
        </Fragment>
      ))}
      {isSelected ? ' '.repeat(Math.max(0, width - rowWidth(columns))) : ''}
    </Text>
  );
});

/** Stands behind the phase of a node that is warned of, where there is no room for words. */
const warningGlyph = (node: NodeState, { glyphs }: Theme): string =>
  node.trouble === undefined && warningsOf(node).length > 0 ? ` ${glyphs.warning}` : '';

/** What stands before a node that is selected. */
export const markOf = ({ hasUnicode }: Theme): string => (hasUnicode ? '●' : '*');

const markStyle = (isSelected: boolean, { styles }: Theme): Style =>
  isSelected ? styles.strong : { ...styles.strong, ...styles.accent };

const cell = (
  column: Column,
  node: NodeState,
  theme: Theme,
  {
    hasLog,
    isSelected,
    isMarked,
  }: Pick<NodeRowProps, 'isSelected' | 'isMarked'> & { readonly hasLog: boolean },
): ReactNode => {
  const { id, width } = column;
  const { ellipsis } = theme.glyphs;
  switch (id) {
    case 'node':
      return (
        <Text {...(isMarked ? markStyle(isSelected, theme) : { bold: isSelected })}>
          {truncate(node.name, width, ellipsis, 'middle').padEnd(width)}
        </Text>
      );
    case 'zone':
      return fit(node.zone ?? node.region, width, ellipsis);
    case 'instance':
      return fit(node.instanceId ?? '', width, ellipsis);
    case 'type':
      return fit(formatType(node), width, ellipsis);
    case 'price':
      return (node.pricePerHour === undefined ? '' : exactPrice(node.pricePerHour)).padStart(width);
    case 'address':
      // Addresses of IPv6 begin alike in a whole VPC.
      return truncate(formatAddress(node), width, ellipsis, 'middle').padEnd(width);
    case 'phase':
      return (
        <Text {...(isSelected && node.trouble === undefined ? {} : theme.phases[node.phase].style)}>
          <PhaseGlyph phase={node.phase} />{' '}
          {`${node.phase}${hasLog ? '' : warningGlyph(node, theme)}`
            .padEnd(width - 2)
            .slice(0, width - 2)}
        </Text>
      );
    case 'time':
      return <Elapsed since={node.phaseSince} width={width} />;
    case 'log':
      return <LastLine node={node} width={width} isPlain={isSelected} />;
    default:
      return id satisfies never;
  }
};
