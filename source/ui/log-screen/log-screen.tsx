import type { Screen } from '../view-state.ts';
import { LogViewer } from './log-viewer.tsx';

type LogScreenProps = {
  readonly screen: Extract<Screen, { type: 'log' }>;
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

/** Lines of something, over the whole window. */
export const LogScreen = ({ screen, height, width }: LogScreenProps) => (
  <LogViewer
    title={screen.title}
    feed={screen.feed}
    view={screen.log}
    width={width}
    height={height}
  />
);
