import { Box } from 'ink';
import { useDashboard } from '../dashboard-context.ts';
import { type Command, labelOf } from '../keys/key-map.ts';
import { SegmentLine } from '../segment-line.tsx';

type NoMatchProps = {
  /** As typed. */
  readonly filter: string;
  /** How many nodes there are without it. */
  readonly count: number;
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

/** What stands in the table's place while the filter lets no node through. */
export const NoMatch = ({ filter, count, width, height }: NoMatchProps) => {
  const { keys, theme } = useDashboard();
  const keyOf = (command: Command): string => {
    const [key = ''] = keys.of('fleet').find((binding) => binding.command === command)?.keys ?? [];
    return labelOf(key, theme.hasUnicode);
  };
  const all = count === 1 ? 'the only node' : `all ${count} nodes`;
  return (
    <Box flexDirection="column" flexShrink={0} height={height} paddingTop={1}>
      <SegmentLine
        segments={[{ text: `  No node matches /${filter.trim()}`, style: theme.styles.strong }]}
        width={width - 1}
      />
      {[`${keyOf('close')} shows ${all} again`, `${keyOf('filter')} changes the filter`].map(
        (text) => (
          <SegmentLine
            key={text}
            segments={[{ text: `  ${text}` }]}
            width={width - 1}
            style={theme.styles.quiet}
          />
        ),
      )}
    </Box>
  );
};
