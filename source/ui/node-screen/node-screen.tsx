import { Box } from 'ink';
import type { Screen } from '../view-state.ts';

type NodeScreenProps = {
  readonly screen: Extract<Screen, { type: 'node' }>;
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

export const NodeScreen = ({ height, width }: NodeScreenProps) => (
  <Box height={height} width={width} />
);
