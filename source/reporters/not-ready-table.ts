import cliTruncate from 'cli-truncate';
import type { InstanceEvent } from '../events/event.ts';
import type { Phase } from '../events/phase.ts';
import { cleanText } from '../ssh/clean-text.ts';
import { textTable } from './text-table.ts';

/** A node that is not as it was meant to be. */
export type NotReady = {
  readonly node: string;
  readonly phase: Phase;
  readonly reason: string;
  readonly instance: InstanceEvent | undefined;
};

/** Rows of the table at the end; the lines of more nodes than that are above. */
const tableLimit = 50;

/** Columns for a reason in the table: its own line has all of it. */
const reasonWidth = 100;

/** The nodes that somebody has to see to, a line each, the worst first. */
export const notReadyTable = (nodes: readonly NotReady[]): string[] => {
  const rows = nodes.toSorted((a, b) => urgency(a.phase) - urgency(b.phase));
  const table = textTable(
    ['NODE', 'PHASE', 'INSTANCE', 'REASON'],
    rows
      .slice(0, tableLimit)
      .map(({ node, phase, instance, reason }) => [
        cleanText(node),
        phase,
        cleanText(instance?.instanceId ?? '-'),
        cliTruncate(cleanText(reason), reasonWidth),
      ]),
  );
  return rows.length > tableLimit ? [...table, `and ${rows.length - tableLimit} more`] : table;
};

/** Where a node stands in the table: what needs somebody comes first. */
const urgency = (phase: Phase): number => {
  const order: readonly Phase[] = ['failed', 'degraded', 'interrupted'];
  const position = order.indexOf(phase);
  if (position !== -1) return position;
  return phase === 'terminated' || phase === 'terminating' ? order.length + 1 : order.length;
};
