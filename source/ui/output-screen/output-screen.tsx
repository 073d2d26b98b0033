import { Box } from 'ink';
import type { Screen } from '../view-state.ts';

type OutputScreenProps = {
  readonly screen: Extract<Screen, { type: 'output' }>;
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

export const OutputScreen = ({ height, width }: OutputScreenProps) => (
  <Box height={height} width={width} />
);
