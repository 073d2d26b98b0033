import type { SummaryEvent } from '../events/event.ts';
import type { NodeLogLine } from '../fleet/actions.ts';
import type { HistoryEntry } from '../fleet/history-entry.ts';

/** An entry of the past as a line for people has it. */
export type HistoryLine = {
  /** The node, or the deployment. */
  readonly subject: string;
  readonly word: string;
  readonly text: string;
};

/** Says in a line what happened. */
export const historyLine = (entry: HistoryEntry, deployment: string): HistoryLine => {
  switch (entry.event) {
    case 'command':
      return {
        subject: deployment,
        word: entry.command,
        text: [
          counted(entry.nodes, 'node'),
          ...(entry.by === undefined ? [] : [`by ${entry.by}`]),
          ...(entry.summary === undefined ? [] : [`ended with ${describeCounts(entry.summary)}`]),
        ].join(', '),
      };
    case 'action':
      return {
        subject: deployment,
        word: entry.action,
        text: [
          nameNodes(entry.nodes),
          `by ${entry.by}`,
          ...(entry.detail === undefined ? [] : [entry.detail]),
          describeResult(entry),
        ].join(', '),
      };
    case 'launched': {
      const dear = entry.lifecycle === 'on-demand' ? ' on demand' : '';
      const type = entry.instanceType === undefined ? '' : `, ${entry.instanceType}${dear}`;
      const place = entry.zone ?? entry.region;
      return {
        subject: entry.node,
        word: 'launched',
        text: `${entry.instanceId ?? ''}${type} in ${place}`,
      };
    }
    case 'moved':
      return { subject: entry.node, word: 'moved', text: `to ${entry.to}: ${entry.reason}` };
    case 'failed':
      return {
        subject: entry.node,
        word: 'failed',
        text: `in ${entry.failedPhase}: ${entry.reason}`,
      };
    case 'recovered':
      return {
        subject: entry.node,
        word: 'recovered',
        text: `after ${describeSpan(entry.after)}`,
      };
    case 'degraded':
    case 'interrupted':
    case 'terminated':
      return { subject: entry.node, word: entry.event, text: entry.reason };
    default:
      return entry satisfies never;
  }
};

/** The past as lines of a log, for the dashboard: in the place of the node what it is about. */
export const historyLogLines = (
  entries: readonly HistoryEntry[],
  deployment: string,
): NodeLogLine[] =>
  entries.map((entry) => {
    const { subject, text, word } = historyLine(entry, deployment);
    return { node: subject, time: entry.time, source: word, message: text };
  });

/** What became of a fleet's nodes: `3 ready, 1 failed`. */
export const describeCounts = (summary: SummaryEvent): string => {
  const names = ['ready', 'failed', 'interrupted', 'terminated', 'replaced'] as const;
  const counts = names.flatMap((name) => {
    const count = summary[name] ?? 0;
    return count > 0 ? `${count} ${name}` : [];
  });
  return counts.length === 0 ? 'no node ready' : counts.join(', ');
};

const describeResult = ({
  failed,
  failure,
  state,
  succeeded,
}: Extract<HistoryEntry, { event: 'action' }>): string => {
  const parts = [
    ...(succeeded.length > 0 ? [`${succeeded.length} succeeded`] : []),
    ...(failed.length > 0 ? [`failed on ${nameNodes(failed)}`] : []),
    ...(failure === undefined ? [] : [`failed: ${failure}`]),
    ...(state === 'cancelled' ? ['cancelled'] : []),
    ...(state === 'started' ? ['its end was not recorded'] : []),
  ];
  return parts.length === 0 ? 'done' : parts.join(', ');
};

const nameNodes = (nodes: readonly string[]): string =>
  nodes.length <= 3
    ? nodes.join(' ')
    : `${nodes.slice(0, 3).join(' ')} and ${nodes.length - 3} more`;

const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A span of time in its two largest units. */
const describeSpan = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
