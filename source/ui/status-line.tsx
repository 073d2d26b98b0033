import { memo, useEffect } from 'react';
import type { FleetState, Notice } from '../fleet/state.ts';
import { useDashboard } from './dashboard-context.ts';
import { formatDuration } from './duration.ts';
import { PlaybackStatusLine } from './playback-status.tsx';
import { type Segment, SegmentLine } from './segment-line.tsx';
import type { Style, Theme } from './theme.ts';
import { useClock } from './use-clock.ts';
import { useFleet } from './use-fleet.ts';
import { useView } from './use-view.ts';
import type { Feedback } from './view-state.ts';

type StatusLineProps = {
  /** In terminal columns. */
  readonly width: number;
};

/** Milliseconds for which the answer to a key stays. */
const feedbackLasts = 10_000;

/** Milliseconds for which a notice stays; errors stay until something else is said. */
const noticeLasts = 60_000;

/** One line for the answer to the last key, else what is to be known about the whole fleet. */
export const StatusLine = memo(({ width }: StatusLineProps) => {
  const { playback, theme, view } = useDashboard();
  const feedback = useView((state) => state.feedback);
  const news = useFleet(latestNews);
  const isOld = useClock('second', ({ now }) => isOver(news, now));

  useEffect(() => {
    if (feedback === undefined) return;
    const timer = setTimeout(() => view.dispatch({ type: 'forget', feedback }), feedbackLasts);
    return () => clearTimeout(timer);
  }, [feedback, view]);

  if (playback !== undefined && feedback === undefined) {
    return <PlaybackStatusLine playback={playback} width={width - 1} />;
  }
  const segments =
    feedback === undefined
      ? newsSegments(isOld ? undefined : news, theme)
      : feedbackSegments(feedback, theme);
  return <SegmentLine segments={segments} width={width - 1} />;
});

const feedbackSegments = ({ tone, text }: Feedback, theme: Theme): Segment[] => {
  const { check, warning, cross } = theme.glyphs;
  const glyph = { good: check, warning, bad: cross }[tone];
  return mark(glyph, theme.styles[tone], text);
};

type News = Notice | FleetState['summary'];

/** The newest notice or the summary, whichever came last. */
const latestNews = ({ notices, summary }: FleetState): News => {
  const notice = notices.at(-1);
  if (notice === undefined || summary === undefined) return notice ?? summary;
  return notice.time > summary.time ? notice : summary;
};

const isOver = (news: News, now: number): boolean =>
  news !== undefined && 'level' in news && news.level !== 'error' && now - news.time > noticeLasts;

const newsSegments = (news: News, theme: Theme): Segment[] => {
  if (news === undefined) return [];
  const { styles, glyphs } = theme;
  if ('level' in news) {
    const hint = news.hint === undefined ? '' : ` ${glyphs.arrow} ${news.hint}`;
    const segments = noticeMark(news, theme);
    return [...segments, { text: hint, style: styles.quiet }];
  }
  const elapsed = formatDuration(news.elapsedSeconds * 1000);
  const others = [
    news.failed > 0 ? `${news.failed} failed` : '',
    news.interrupted > 0 ? `${news.interrupted} interrupted` : '',
    news.terminated > 0 ? `${news.terminated} terminated` : '',
  ].filter((part) => part !== '');
  const text = [`${news.ready} ready`, ...others].join(', ');
  return others.length === 0
    ? mark(glyphs.check, styles.good, `${text} after ${elapsed}`)
    : mark(glyphs.warning, styles.warning, `${text} after ${elapsed}`);
};

/** A notice with the glyph of its level. */
export const noticeMark = ({ level, message }: Notice, theme: Theme): Segment[] => {
  const { styles, glyphs } = theme;
  switch (level) {
    case 'info':
      return mark(glyphs.separator, styles.quiet, message);
    case 'warning':
      return mark(glyphs.warning, styles.warning, message);
    case 'error':
      return mark(glyphs.cross, styles.bad, message);
    default:
      return level satisfies never;
  }
};

const mark = (glyph: string, style: Style, text: string): Segment[] => [
  { text: ` ${glyph} `, style },
  { text },
];
