import { memo } from 'react';
import type { PlaybackControls, PlaybackStatus } from '../fleet/playback-controls.ts';
import { useDashboard } from './dashboard-context.ts';
import { formatTime } from './duration.ts';
import { type Segment, SegmentLine } from './segment-line.tsx';
import type { Theme } from './theme.ts';
import { useClock } from './use-clock.ts';
import { useStore } from './use-store.ts';

type PlaybackStatusLineProps = {
  readonly playback: PlaybackControls;
  /** In terminal columns. */
  readonly width: number;
};

/** How a recording is played, and which moment of it is shown. */
export const PlaybackStatusLine = memo(({ playback, width }: PlaybackStatusLineProps) => {
  const { theme } = useDashboard();
  const status = useStore(statusOf(playback), (current) => current);
  const time = useClock('second', ({ now }) => formatTime(now));
  return <SegmentLine segments={segmentsOf(status, time, theme)} width={width} />;
});

const statusOf = ({ getStatus, subscribe }: PlaybackControls) => ({
  getState: getStatus,
  subscribe,
});

const segmentsOf = (status: PlaybackStatus, time: string, theme: Theme): Segment[] => {
  const { play, pause, stop } = theme.glyphs;
  const glyph = { playing: play, paused: pause, ended: stop }[status.state];
  return [
    { text: ` ${glyph} `, style: theme.styles.accent },
    { text: status.state === 'ended' ? 'The end: ' : '' },
    { text: time, style: theme.styles.strong },
    { text: ` of ${formatTime(status.start)} to ${formatTime(status.end)}` },
    { text: status.speed === 1 ? '' : `  ${status.speed}x`, style: theme.styles.accent },
  ];
};
