import { Box, Text } from 'ink';
import { smallestWindow } from './fleet-screen/frame-layout.ts';

type TooSmallProps = {
  /** The window, in terminal columns. */
  readonly columns: number;
  /** The window, in rows. */
  readonly rows: number;
};

/** What a window shows that has no room for the dashboard. It comes back when the window grows. */
export const TooSmall = ({ columns, rows }: TooSmallProps) => {
  const text = [
    `This window is ${columns}x${rows}.`,
    `The dashboard needs ${smallestWindow.columns}x${smallestWindow.rows}: enlarge it, or press q.`,
  ];
  return (
    <Box width={columns} height={rows} overflow="hidden" flexDirection="column">
      {text.map((line) => (
        <Text key={line} wrap="wrap">
          {line}
        </Text>
      ))}
    </Box>
  );
};
