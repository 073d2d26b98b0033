import { Box } from 'ink';
import type { Screen } from '../view-state.ts';

type ActionsScreenProps = {
  readonly screen: Extract<Screen, { type: 'actions' }>;
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

export const ActionsScreen = ({ height, width }: ActionsScreenProps) => (
  <Box height={height} width={width} />
);
