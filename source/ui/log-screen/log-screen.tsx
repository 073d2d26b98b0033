import { Box } from 'ink';
import type { Screen } from '../view-state.ts';

type LogScreenProps = {
  readonly screen: Extract<Screen, { type: 'log' }>;
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

export const LogScreen = ({ height, width }: LogScreenProps) => (
  <Box height={height} width={width} />
);
