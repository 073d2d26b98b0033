import type { Segment } from '../segment-line.tsx';
import type { Theme } from '../theme.ts';
import type { LogFeedState } from './log-feed.ts';
import type { LogReading } from './log-reader.ts';
import { columnsOf } from './log-text.ts';
import type { LogView } from './log-view.ts';
import { countNewBelow, type LogWindow } from './log-window.ts';

type LogHeaderOptions = {
  readonly title: string;
  readonly feed: Pick<LogFeedState, 'isLive'>;
  readonly reading: LogReading;
  readonly view: LogView;
  readonly window: LogWindow;
  readonly theme: Theme;
  /** In terminal columns. */
  readonly width: number;
};

/**
 * A rule that tells what is shown of a log, as far as there is room for whole facts: whether it
 * follows, what is new below, the search, the source, and how many lines there are.
 */
export const headerSegments = (options: LogHeaderOptions): Segment[] => {
  const { theme, title, width } = options;
  const { line, separator } = theme.glyphs;
  const { quiet, strong } = theme.styles;
  const segments: Segment[] = [
    { text: line.repeat(2), style: quiet },
    { text: ` ${title} `, style: strong },
  ];
  let left = width - segments.reduce((sum, { text }) => sum + columnsOf(text), 0);
  let isFirst = true;
  for (const fact of factsOf(options)) {
    const gap = isFirst ? ' ' : ` ${separator} `;
    const taken = columnsOf(gap + fact.text);
    if (taken + 2 > left) break;
    segments.push({ text: gap, style: quiet }, fact);
    left -= taken;
    isFirst = false;
  }
  return [...segments, { text: ` ${line.repeat(Math.max(0, left - 1))}`, style: quiet }];
};

const factsOf = ({ feed, reading, theme, view, window }: LogHeaderOptions): Segment[] => {
  const { accent, good, quiet, strong, warning } = theme.styles;
  const fresh = view.isFollowing ? 0 : countNewBelow(reading, view, window);
  const state = (): Segment => {
    if (!view.isFollowing) return { text: 'paused', style: warning };
    return feed.isLive ? { text: 'following', style: good } : { text: 'complete', style: quiet };
  };
  return [
    state(),
    { text: fresh === 0 ? '' : `${amount(fresh, 'new line')} below`, style: strong },
    { text: searchFact(reading, view), style: accent },
    {
      text: !view.isWrapped && view.shift > 0 ? `from column ${view.shift + 1}` : '',
      style: quiet,
    },
    { text: sourceFact(reading, view), style: view.source === undefined ? quiet : accent },
    { text: placeFact(reading, view, window), style: quiet },
    { text: view.isWrapped ? 'wrapped' : '', style: quiet },
  ].filter(({ text }) => text !== '');
};

const searchFact = ({ matches }: LogReading, { match, search }: LogView): string => {
  if (search === '') return '';
  const index = match === undefined ? -1 : matches.indexOf(match);
  const isThere = index >= 0 && matches.at(index) === match;
  if (matches.count === 0) return `/${search} nowhere`;
  return isThere
    ? `/${search} ${thousands(index + 1)} of ${thousands(matches.count)}`
    : `/${search} ${amount(matches.count, 'match', 'matches')}`;
};

const sourceFact = ({ sources }: LogReading, { source }: LogView): string => {
  if (source !== undefined) return `only ${source}`;
  return sources.length > 1 ? 'all sources' : '';
};

const placeFact = (
  { count }: LogReading,
  { isFollowing }: LogView,
  { rows }: LogWindow,
): string => {
  const first = rows[0];
  const last = rows.at(-1);
  if (isFollowing || first === undefined || last === undefined) return amount(count, 'line');
  return `${thousands(first.index + 1)}-${thousands(last.index + 1)} of ${thousands(count)}`;
};

const amount = (number: number, one: string, many = `${one}s`): string =>
  `${thousands(number)} ${number === 1 ? one : many}`;

const thousands = (number: number): string => number.toLocaleString('en-US');
