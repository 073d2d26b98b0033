import { Box } from 'ink';
import { useDashboard } from '../dashboard-context.ts';
import { SegmentLine } from '../segment-line.tsx';
import { useFleet } from '../use-fleet.ts';

type EmptyFleetProps = {
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

/** What stands in the table's place while there is no node. */
export const EmptyFleet = ({ width, height }: EmptyFleetProps) => {
  const { commandLine, theme } = useDashboard();
  const deployment = useFleet((state) => state.deployment);
  const command = useFleet((state) => state.command);
  const of = deployment === '' ? '' : ` of ${deployment}`;
  // Before a command has begun it is not known yet whether there are nodes.
  const isAsking = command === '' || command === 'create';
  return (
    <Box flexDirection="column" flexShrink={0} height={height} paddingTop={1}>
      <SegmentLine
        segments={[
          { text: '  ' },
          { text: isAsking ? 'Asking EC2 what is there already' : `There are no nodes${of}` },
        ]}
        width={width}
        style={theme.styles.strong}
      />
      <SegmentLine
        segments={[
          { text: '  ' },
          {
            text: isAsking
              ? 'Nodes appear here as soon as they are known.'
              : `${commandLine('create')} launches them; they appear here as soon as they are planned.`,
          },
        ]}
        width={width}
        style={theme.styles.quiet}
      />
    </Box>
  );
};
