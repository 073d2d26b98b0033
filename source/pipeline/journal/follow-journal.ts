import { cleanText } from '../../ssh/clean-text.ts';
import type { NodeConnection } from '../../ssh/connection.ts';
import type { NodeReport } from '../node-report.ts';
import { journalCommand } from './journal-command.ts';
import { parseJournalRecord } from './journal-record.ts';

/** Units of the machine itself whose words explain how a node came up. */
export const machineUnits = ['cloud-final.service', 'configure-services.service'] as const;

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
      for (const text of record.message.split('\n')) {
        const clean = cleanText(text).trimEnd();
        if (clean !== '') report.log(clean, record.source, record.time);
      }
    },
    signal,
  );
};
