import type { CheckOutcome } from '../../events/event.ts';
import { moreLines } from '../../events/topic.ts';
import { isReplaced } from '../../fleet/is-replaced.ts';
import type { NodeState } from '../../fleet/state.ts';
import { topicOfCheck } from '../../pipeline/checks/topic-of-check.ts';
import type { DashboardModel } from '../dashboard-context.ts';
import { formatDuration } from '../duration.ts';
import { type KeyBinding, labelOf, type NodeCommand, type ScreenName } from '../keys/key-map.ts';
import { refusal } from '../keys/refusal.ts';
import { countsText } from '../node-screen/check-section.ts';
import { flow } from '../node-screen/page-section.ts';
import type { Segment } from '../segment-line.tsx';
import { wrap } from '../text.ts';
import type { Style } from '../theme.ts';
import type { PopupLine } from './popup.tsx';

type CauseOptions = Pick<DashboardModel, 'theme' | 'commandLine' | 'keys'> & {
  /** The screen below, whose keys count. */
  readonly screen: ScreenName;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** In terminal columns. */
  readonly width: number;
};

/** Rows that one reason or line of output may take. */
const mostRows = 6;

/** Lines of the log that stand in for output where a failure left none. */
const logLines = 8;

/**
 * All that is known about why a node is as it is: what happened when, the reason, what to try and
 * which key does it, the failing command's last output, else the end of the log, failed checks, and
 * where to read on.
 */
export const causeLines = (node: NodeState, options: CauseOptions): readonly PopupLine[] => {
  const parts = [
    [
      ...headline(node, options),
      ...reasonLines(node, options),
      ...adviceLines(node, options),
      ...earlierLines(node, options),
    ],
    keyLines(node, options),
    outputLines(node, options),
    checkLines(node, options),
    readingLines(node, options),
  ].filter((part) => part.length > 0);
  return parts.flatMap((part, index) => (index === 0 ? part : [blank, ...part]));
};

const blank: PopupLine = [{ text: '' }];

const headline = (node: NodeState, { now, theme }: CauseOptions): PopupLine[] => {
  const { glyph, style } = theme.phases[node.phase];
  return [
    [
      { text: `${glyph} `, style },
      { text: happened(node, now), style: theme.styles.strong },
    ],
  ];
};

/** What happened, when, and how long what was before that took. */
const happened = ({ attempt, phase, phaseSince, timeline, trouble }: NodeState, now: number) => {
  const ago = formatDuration(now - phaseSince);
  const before = timeline.at(-2);
  const lasted = before === undefined ? '' : formatDuration(phaseSince - before.time);
  switch (phase) {
    case 'failed': {
      const where = trouble?.failedPhase ?? before?.phase;
      const after = lasted === '' ? '' : ` after ${lasted}`;
      return `failed in ${where ?? 'its pipeline'}${after}, attempt ${attempt}, ${ago} ago`;
    }
    case 'degraded':
      return `degraded for ${ago}${before?.phase === 'ready' ? `, after it was ready for ${lasted}` : ''}`;
    case 'interrupted':
      return trouble?.deadline === undefined
        ? `interrupted ${ago} ago`
        : `interrupted ${ago} ago, gone in ${formatDuration(trouble.deadline - now)}`;
    case 'terminated':
      return `terminated ${ago} ago`;
    default:
      return `${phase} for ${ago}, attempt ${attempt}`;
  }
};

const reasonLines = (node: NodeState, options: CauseOptions): PopupLine[] => {
  const { styles } = options.theme;
  if (node.trouble !== undefined) return paragraph(node.trouble.reason, options);
  const text =
    node.phase === 'ready'
      ? `Nothing is wrong with ${node.name}, as far as is known.`
      : `Nothing has failed on ${node.name} so far.`;
  return paragraph(text, options, { style: styles.quiet });
};

const adviceLines = (node: NodeState, options: CauseOptions): PopupLine[] => {
  const { commandLine, theme } = options;
  const isGone = node.phase === 'terminated' || node.trouble?.deadline === undefined;
  const replacement = isGone
    ? `${commandLine('create')} launches another one`
    : `${commandLine('create')} launches another one once this one is gone`;
  const isLost = node.phase === 'interrupted' || node.phase === 'terminated';
  const advice = isReplaced(node)
    ? `${node.replacedBy} has its place`
    : (node.trouble?.hint ?? (isLost ? replacement : ''));
  return paragraph(advice, options, {
    first: `${theme.glyphs.arrow} `,
    style: theme.styles.strong,
  });
};

/** What became of the attempts before, which tells whether trying again helps. */
const earlierLines = ({ earlier }: NodeState, options: CauseOptions): PopupLine[] =>
  earlier.slice(-3).flatMap(({ attempt, timeline }) => {
    const [last, before] = [timeline.at(-1), timeline.at(-2)];
    if (last === undefined || last.phase !== 'failed' || before === undefined) return [];
    const text = `attempt ${attempt} failed in ${before.phase} after ${formatDuration(last.time - before.time)}`;
    return paragraph(text, options, { style: options.theme.styles.quiet });
  });

/** What keys do about it, those that can act now. */
const remedies: readonly { readonly command: NodeCommand; readonly does: string }[] = [
  { command: 'retry', does: 'retries' },
  { command: 'push', does: 'pushes after you mended the files' },
  { command: 'configure', does: 'configures again' },
  { command: 'ssh', does: 'opens a shell' },
  { command: 'doctor', does: 'checks everything' },
  { command: 'logs', does: 'shows logs' },
  { command: 'replace', does: 'replaces it' },
];

const keyLines = (node: NodeState, options: CauseOptions): readonly PopupLine[] => {
  const { commandLine, keys, screen, theme, width } = options;
  if (node.phase !== 'failed' && node.phase !== 'degraded' && node.phase !== 'interrupted')
    return [];
  const bindings = keys.of(screen);
  const keyOf = (command: NodeCommand): KeyBinding | undefined =>
    bindings.find((binding) => binding.command === command);
  const pieces = remedies.flatMap(({ command, does }): Segment[][] => {
    const key = keyOf(command)?.keys[0];
    if (key === undefined || refusal(command, node, true, commandLine) !== undefined) return [];
    const { accent, strong } = theme.styles;
    return [
      [
        { text: labelOf(key, theme.hasUnicode), style: { ...strong, ...accent } },
        { text: ` ${does}` },
      ],
    ];
  });
  return flow(pieces, { theme, width: width + 2 }).map((line) => line.slice(1));
};

const outputLines = ({ log, phase, trouble }: NodeState, options: CauseOptions): PopupLine[] => {
  if (phase === 'ready') return [];
  const output = trouble?.output ?? [];
  if (output.length > 0) return quoted('The last that it said', output, options);
  const last = log.slice(-logLines).map(({ message, source }) => `${source}: ${message}`);
  return last.length === 0 ? [] : quoted('The end of its log', last, options);
};

const quoted = (title: string, lines: readonly string[], options: CauseOptions): PopupLine[] => {
  const { glyphs, styles } = options.theme;
  const mark = `${glyphs.vertical} `;
  return [
    [{ text: title, style: styles.quiet }],
    ...lines.flatMap((line) =>
      line.trim() === ''
        ? [[{ text: glyphs.vertical, style: styles.quiet }]]
        : paragraph(line, options, { first: mark, rest: mark, markStyle: styles.quiet }),
    ),
  ];
};

const checkLines = ({ health }: NodeState, options: CauseOptions): PopupLine[] => {
  if (health === undefined || health.checks.length === 0) return [];
  const { now, theme } = options;
  const failed = health.checks.filter(({ status }) => status === 'failed');
  const ago = `${formatDuration(now - health.time)} ago`;
  return [
    [{ text: `${countsText(health.checks)}, ${ago}`, style: theme.styles.quiet }],
    ...failed.flatMap((check) => failedCheck(check, options)),
  ];
};

const failedCheck = ({ detail, hint, name }: CheckOutcome, options: CauseOptions): PopupLine[] => {
  const { glyphs, styles } = options.theme;
  const text = detail === '' ? name : `${name}: ${detail}`;
  return [
    ...paragraph(text, options, { first: `${glyphs.cross} `, markStyle: styles.bad }),
    ...paragraph(hint ?? '', options, { first: `  ${glyphs.arrow} `, style: styles.strong }),
  ];
};

/** Where the page about trouble tells more. */
const readingLines = (node: NodeState, options: CauseOptions): PopupLine[] => {
  if (isReplaced(node)) return [];
  const failed = (node.health?.checks ?? []).filter(({ status }) => status === 'failed');
  const topics = [node.trouble?.topic, ...failed.map(({ name }) => topicOfCheck(name))];
  return moreLines(topics).flatMap((line) =>
    paragraph(line, options, { style: options.theme.styles.quiet }),
  );
};

/** A text in as many lines as it needs, with a mark before the first one, or before each. */
const paragraph = (
  text: string,
  { theme, width }: CauseOptions,
  marks: {
    readonly first?: string;
    readonly rest?: string;
    readonly style?: Style;
    readonly markStyle?: Style;
  } = {},
): PopupLine[] => {
  if (text === '') return [];
  const { first = '', style = {} } = marks;
  const { markStyle = style, rest = ' '.repeat(first.length) } = marks;
  return wrap(text, width - first.length, mostRows, theme.glyphs.ellipsis).map((line, index) => [
    { text: index === 0 ? first : rest, style: markStyle },
    { text: line, style },
  ]);
};
