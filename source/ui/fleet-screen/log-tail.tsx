import { memo } from 'react';
import type { LogLine } from '../../fleet/state.ts';
import { useDashboard } from '../dashboard-context.ts';
import { formatTime } from '../duration.ts';
import { SegmentLine } from '../segment-line.tsx';
import { fit } from '../text.ts';

type LogTailProps = {
  /** Oldest first. */
  readonly log: readonly LogLine[];
  /** In terminal columns. */
  readonly width: number;
  /** Rows; the newest lines are shown. */
  readonly height: number;
};

const widestSource = 20;

/** The end of a node's log: time, source and message, one line each. */
export const LogTail = memo(({ log, width, height }: LogTailProps) => {
  const { theme } = useDashboard();
  const lines = height > 0 ? log.slice(-height) : [];
  const sourceWidth = Math.min(
    widestSource,
    lines.reduce((widest, { source }) => Math.max(widest, source.length), 0),
  );
  const first = log.length - lines.length;
  return lines.map((line, index) => (
    <SegmentLine
      // biome-ignore lint/suspicious/noArrayIndexKey: a line of a log is its place in it.
      key={first + index}
      width={width - 1}
      segments={[
        { text: ` ${formatTime(line.time)}  `, style: theme.styles.quiet },
        {
          text: `${fit(line.source, sourceWidth, theme.glyphs.ellipsis)}  `,
          style: line.source === 'spot-tui' ? theme.styles.quiet : theme.styles.accent,
        },
        { text: line.message },
      ]}
    />
  ));
});
