import { appendFile, stat } from 'node:fs/promises';
import cliTruncate from 'cli-truncate';
import type { FleetEvent, SummaryEvent } from '../events/event.ts';
import { isSettled, type Phase } from '../events/phase.ts';
import { readOn } from '../events/topic.ts';
import { isReplaced } from '../fleet/is-replaced.ts';
import type { FleetState, NodeState } from '../fleet/state.ts';
import { createFleetStore } from '../fleet/store.ts';
import { cleanText } from '../ssh/clean-text.ts';
import { describeCost } from './event-words.ts';
import { outcomeOf } from './node-outcome.ts';
import type { Reporter } from './reporter.ts';

export type StepSummaryOptions = {
  /** What GITHUB_STEP_SUMMARY names. */
  readonly file: string;
  /** Hears, once, why nothing could be written. */
  readonly onProblem: (message: string) => void;
};

/** GitHub refuses a step's summary that has more bytes; some room is left for others. */
const maximumSize = 1_000_000;

/** Notices that are shown; the log has them all. */
const noticeLimit = 10;

/** Columns for a reason: the log has all of it. */
const reasonWidth = 300;

/** Adds a table of the fleet to the summary of a GitHub Actions step, once the run has its own. */
export const createStepSummary = ({ file, onProblem }: StepSummaryOptions): Reporter => {
  const store = createFleetStore();
  let writing: Promise<void> | undefined;

  const write = async (summary: SummaryEvent): Promise<void> => {
    try {
      // Other commands of the step may have written.
      const used = await stat(file).then(
        ({ size }) => size,
        () => 0,
      );
      const text = summaryMarkdown(store.getState(), summary, maximumSize - used);
      if (text !== '') await appendFile(file, text);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      onProblem(`the step summary could not be written: ${why}`);
    }
  };

  const report = (event: FleetEvent): void => {
    store.dispatch(event);
    if (event.event === 'summary') writing ??= write(event);
  };
  return Object.assign(report, { flush: () => writing ?? Promise.resolve() });
};

/**
 * The fleet as Markdown: what people should know of it, then its nodes, those that are not ready
 * first.
 *
 * @param maximum Bytes that it may take: rows that don't fit are left out, and a note says so.
 */
export const summaryMarkdown = (
  { command, deployment, nodes, notices }: FleetState,
  summary: SummaryEvent,
  maximum: number,
): string => {
  const { elapsedSeconds, failed, interrupted, ready, replaced = 0, terminated, time } = summary;
  const unfinished = [...nodes.values()].filter(({ phase }) => !isSettled(phase)).length;
  const counts = Object.entries({
    ready,
    failed,
    interrupted,
    terminated,
    replaced,
    unfinished,
  }).flatMap(([name, count]) => (count > 0 || name === 'ready' ? `${count} ${name}` : []));
  const heading = [
    `### spot-tui ${markdown(command)}: ${markdown(deployment)}`,
    '',
    `${counts.join(', ')} of ${nodes.size} after ${elapsedSeconds} s${describeCost(summary)}`,
    '',
    ...noticeLines(notices),
    '| | Node | Phase | Instance | Type | Zone | Time | Reason |',
    '| --- | --- | --- | --- | --- | --- | ---: | --- |',
    '',
  ].join('\n');
  const sorted = [...nodes.values()].sort((a, b) => Number(isWell(a)) - Number(isWell(b)));
  const rows = sorted.map((node) => row(node, time));

  const topics = sorted.map((node) => (isWell(node) ? undefined : node.trouble?.topic));
  const commands = readOn(topics);
  const more = commands === '' ? '' : `\nMore: \`${commands.replaceAll(', ', '`, `')}\`\n`;

  const room = maximum - Buffer.byteLength(heading) - Buffer.byteLength(more) - noteSize;
  if (room < 0) return '';
  const shown: string[] = [];
  let size = 0;
  for (const each of rows) {
    size += Buffer.byteLength(each);
    if (size > room) break;
    shown.push(each);
  }
  const missing = rows.length - shown.length;
  const note = missing === 0 ? '' : `\n${missing} more nodes did not fit in here.\n`;
  return `${heading}${shown.join('')}${note}${more}\n`;
};

/** What there is to say of the fleet as a whole, such as which nodes are where, and why. */
const noticeLines = (notices: FleetState['notices']): string[] => {
  const told = [
    ...new Set(notices.flatMap(({ level, message }) => (level === 'info' ? [] : [message]))),
  ];
  if (told.length === 0) return [];
  const rest = told.length - noticeLimit;
  return [
    ...told
      .slice(0, noticeLimit)
      .map((message) => `- ${markdown(cliTruncate(cleanText(message), reasonWidth))}`),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
    '',
  ];
};

/** Bytes that are kept for the note and the last line break. */
const noteSize = 64;

const isWell = (node: NodeState): boolean =>
  node.phase === 'ready' || node.phase === 'terminated' || isReplaced(node);

const glyphOf = (phase: Phase): string => {
  if (phase === 'ready') return '✅';
  if (phase === 'terminated') return '⏹️';
  return isSettled(phase) ? '❌' : '⏳';
};

const row = (node: NodeState, now: number): string => {
  const { instanceId = '', instanceType = '', lifecycle, name, phase, region } = node;
  const { zone = region } = node;
  const { duration, reason } = outcomeOf(node, now);
  const cells = [
    isReplaced(node) ? glyphOf('terminated') : glyphOf(phase),
    markdown(name),
    phase,
    markdown(instanceId),
    markdown(lifecycle === 'on-demand' ? `${instanceType} on demand` : instanceType),
    markdown(zone),
    `${Math.round(duration / 1000)} s`,
    markdown(cliTruncate(cleanText(reason), reasonWidth)),
  ];
  return `| ${cells.join(' | ')} |\n`;
};

/** Text that Markdown shows as it is: nothing in it is a link, a picture, markup or a table's edge. */
const markdown = (text: string): string =>
  cleanText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#!|~$@:]/g, '\\$&');
