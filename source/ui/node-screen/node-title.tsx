import { Text } from 'ink';
import type { NodeState } from '../../fleet/state.ts';
import { useDashboard } from '../dashboard-context.ts';
import { formatDuration } from '../duration.ts';
import { PhaseGlyph } from '../phase-glyph.tsx';
import { fit, truncate } from '../text.ts';
import { warningsOf } from '../warnings-of.ts';

type NodeTitleProps = {
  readonly name: string;
  /** Undefined for one that is not there: before its time, in a recording. */
  readonly node: NodeState | undefined;
  /** Its name since it was launched in another region. */
  readonly movedTo: string | undefined;
  /** Which of how many it is, in the order of the table. */
  readonly position: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** In terminal columns. */
  readonly width: number;
};

/**
 * A rule with the node's name and what it is doing, for how long, what is to be known of it, and for
 * the how manyth time.
 */
export const NodeTitle = ({ name, node, movedTo, position, now, width }: NodeTitleProps) => {
  const { theme } = useDashboard();
  const { ellipsis, line, separator, warning } = theme.glyphs;
  const { quiet, strong } = theme.styles;
  const phaseWidth = node?.phase.length ?? 24;
  const label = truncate(name, Math.max(8, width - phaseWidth - 16), ellipsis, 'middle');
  if (node === undefined) {
    const where = movedTo === undefined ? 'is not there at this moment' : `is ${movedTo} now`;
    const text = fit(`${label} ${where}`, width - 3, ellipsis);
    return <Text wrap="truncate" {...quiet}>{`${line}${line} ${text}`}</Text>;
  }
  const { attempt, phase, phaseSince, trouble } = node;
  const facts = [
    formatDuration(now - phaseSince),
    trouble?.deadline === undefined ? '' : `gone in ${formatDuration(trouble.deadline - now)}`,
    ...(trouble === undefined ? warningsOf(node) : []).map((word) => `${warning} ${word}`),
    `attempt ${attempt}`,
  ].filter((fact) => fact !== '');
  const taken = 3 + label.length + 4 + phase.length;
  const told = ` ${facts.join(` ${separator} `)} `;
  const right = position === '' ? '' : ` ${position} `;
  const rule = line.repeat(Math.max(0, width - taken - told.length - right.length));
  return (
    <Text wrap="truncate">
      <Text {...quiet}>{`${line}${line} `}</Text>
      <Text {...strong}>{label}</Text>
      {'  '}
      <Text {...theme.phases[phase].style}>
        <PhaseGlyph phase={phase} /> {phase}
      </Text>
      <Text {...quiet}>{fit(told + rule + right, Math.max(0, width - taken), ellipsis)}</Text>
    </Text>
  );
};
