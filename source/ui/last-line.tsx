import { Text } from 'ink';
import type { NodeState, Trouble } from '../fleet/state.ts';
import { useDashboard } from './dashboard-context.ts';
import { Remaining } from './elapsed.tsx';
import { fit, truncate } from './text.ts';
import type { Style, Theme } from './theme.ts';
import { warningsOf } from './warnings-of.ts';

type LastLineProps = {
  readonly node: NodeState;
  /** In terminal columns; all of them are filled. */
  readonly width: number;
  /** Whether colours are left out, because the row is drawn inverse. */
  readonly isPlain: boolean;
};

const barWidth = 10;
const percentWidth = 5;
const timeWidth = 6;

/**
 * The end of a node's row: why it is in trouble, else how far its upload is, or whether EC2 may take
 * it back soon or nobody vouches for its host key, and what its log said last.
 */
export const LastLine = ({ node, width, isPlain }: LastLineProps) => {
  const { theme } = useDashboard();
  const { ellipsis } = theme.glyphs;
  const styled = (style: Style) => (isPlain ? {} : style);
  const { trouble, progress } = node;

  if (trouble !== undefined) {
    const { style } = theme.phases[node.phase];
    const prefix = 'gone in ';
    const rest = width - prefix.length - timeWidth;
    if (trouble.deadline === undefined || rest < 0) {
      return <Text {...styled(style)}>{fit(reasonOf(node, trouble), width, ellipsis)}</Text>;
    }
    return (
      <Text {...styled(style)}>
        {prefix}
        <Remaining until={trouble.deadline} width={timeWidth} />
        {fit(` ${reasonOf(node, trouble)}`, rest, ellipsis)}
      </Text>
    );
  }

  const message = node.log.at(-1)?.message ?? '';
  const rest = width - barWidth - percentWidth;
  if (progress === undefined || progress.total <= 0 || rest < 0) {
    // Who has little room is to be warned as well, before anything else is said.
    const mark = truncate(markOf(node, theme), width, ellipsis);
    if (mark !== '') {
      return (
        <Text>
          <Text {...styled(theme.styles.warning)}>{mark}</Text>
          <Text {...styled(theme.styles.quiet)}>
            {fit(
              message === '' ? '' : ` ${theme.glyphs.separator} ${message}`,
              width - mark.length,
              ellipsis,
            )}
          </Text>
        </Text>
      );
    }
    return <Text {...styled(theme.styles.quiet)}>{fit(message, width, ellipsis)}</Text>;
  }
  const share = Math.min(1, Math.max(0, progress.done / progress.total));
  const full = Math.round(share * barWidth);
  return (
    <Text>
      <Text {...styled(theme.styles.accent)}>{theme.glyphs.barFull.repeat(full)}</Text>
      <Text {...styled(theme.styles.quiet)}>{theme.glyphs.barEmpty.repeat(barWidth - full)}</Text>
      {`${Math.floor(share * 100)}%`.padStart(percentWidth)}
      <Text {...styled(theme.styles.quiet)}>{fit(`  ${message}`, rest, ellipsis)}</Text>
    </Text>
  );
};

const markOf = (node: NodeState, { glyphs }: Theme): string => {
  const words = warningsOf(node);
  return words.length === 0 ? '' : `${glyphs.warning} ${words.join(', ')}`;
};

const reasonOf = ({ replacedBy }: NodeState, { reason }: Trouble): string =>
  replacedBy === undefined ? reason : `${replacedBy} has its place: ${reason}`;
