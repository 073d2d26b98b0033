import { cleanText } from '../../ssh/clean-text.ts';
import type { NodeConnection } from '../../ssh/connection.ts';
import { shellWord } from '../../ssh/openssh-command.ts';
import type { NodeReport } from '../node-report.ts';
import { parseJournalRecord } from './journal-record.ts';

/** Units of the machine itself whose words explain how a node came up. */
const machineUnits = ['cloud-init.service', 'cloud-final.service', 'configure-services.service'];

/** Lines of the past that are shown of a node that is attached to. */
const backlog = 20;

/**
 * Reports what the journal of a node says about its configuration and services, from now until the
 * signal aborts. Where the connection breaks it goes on behind the last record that arrived.
 */
export const followJournal = async (
  connection: NodeConnection,
  services: readonly string[],
  report: Pick<NodeReport, 'log'>,
  signal: AbortSignal,
): Promise<void> => {
  let cursor: string | undefined;
  await connection.follow(
    () =>
      journalCommand({
        units: [...machineUnits, ...services],
        cursor,
        lines: backlog,
        follow: true,
      }),
    (line) => {
      const record = parseJournalRecord(line);
      if (record === undefined) return;
      cursor = record.cursor;
      for (const text of record.message.split('\n')) {
        const clean = cleanText(text).trimEnd();
        if (clean !== '') report.log(clean, record.source);
      }
    },
    signal,
  );
};

/** The command that prints a node's journal as JSON, one record a line. */
export const journalCommand = ({
  units,
  cursor,
  lines,
  follow,
}: {
  readonly units: readonly string[];
  readonly cursor?: string | undefined;
  readonly lines: number;
  readonly follow: boolean;
}): string =>
  [
    'sudo -n journalctl --output=json --all --no-pager --boot',
    ...units.map((unit) => `--unit=${shellWord(unit)}`),
    cursor === undefined ? `--lines=${lines}` : `--after-cursor=${shellWord(cursor)}`,
    ...(follow ? ['--follow'] : []),
  ].join(' ');
