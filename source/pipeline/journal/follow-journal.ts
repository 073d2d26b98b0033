import { cleanText } from '../../ssh/clean-text.ts';
import type { NodeConnection } from '../../ssh/connection.ts';
import type { NodeReport } from '../node-report.ts';
import { journalCommand } from './journal-command.ts';
import { type JournalRecord, parseJournalRecord } from './journal-record.ts';

/**
 * Reports what the journal of a node says of some units, from `lines` ago until the signal aborts.
 * Where the connection breaks it goes on behind the last record that arrived.
 */
export const followJournal = async (
  connection: NodeConnection,
  { units, lines }: { readonly units: readonly string[]; readonly lines: number },
  report: Pick<NodeReport, 'log'>,
  signal: AbortSignal,
): Promise<void> => {
  let cursor: string | undefined;
  await connection.follow(
    () => journalCommand({ units, cursor, lines, follow: true }),
    (line) => {
      const record = parseJournalRecord(line);
      if (record === undefined) return;
      cursor = record.cursor;
      reportRecord(record, report);
    },
    signal,
  );
};

/** Reports the lines of a record that say something. */
export const reportRecord = (
  { message, source, time }: JournalRecord,
  report: Pick<NodeReport, 'log'>,
): void => {
  for (const text of message.split('\n')) {
    const line = cleanText(text).trimEnd();
    if (line !== '') report.log(line, source, time);
  }
};
