import type { NodeConnection } from '../ssh/connection.ts';
import type { CheckResult } from './checks/check.ts';
import { topicOfCheck } from './checks/topic-of-check.ts';
import { execRepeatable } from './connected.ts';
import { withDeadline } from './deadline.ts';
import { journalCommand } from './journal/journal-command.ts';
import { parseJournalRecord } from './journal/journal-record.ts';
import type { NodeContext } from './node-context.ts';
import { lastLines } from './output-lines.ts';
import { PhaseFailure } from './phase-failure.ts';

/** Milliseconds in which the log of what failed has to come, or the failure is told without it. */
const explanationTime = 10_000;

/** A check that fails as a failure of its node, with the last words of the unit that it is about. */
export const explain = async (
  context: NodeContext,
  connection: NodeConnection,
  { name, detail, endedWell, hint }: CheckResult,
  signal: AbortSignal,
): Promise<PhaseFailure> => {
  const isUnit = /\.(?:service|socket|timer|path)$/.test(name);
  const { complaint, output } = isUnit
    ? await lastWords(context, connection, name, signal)
    : { complaint: undefined, output: [] };
  return new PhaseFailure(
    [name, detail, ...(complaint === undefined || endedWell ? [] : [complaint])].join(': '),
    (hint ?? 'Run `spot-tui doctor NODE` for details.').replaceAll('NODE', context.name),
    output,
    topicOfCheck(name),
  );
};

type LastWords = {
  /** The last line of the unit's own program: what systemd only knows as an exit status. */
  readonly complaint: string | undefined;
  readonly output: readonly string[];
};

/** The end of a unit's journal; nothing where the node does not tell it in time. */
const lastWords = async (
  context: NodeContext,
  connection: NodeConnection,
  unit: string,
  signal: AbortSignal,
): Promise<LastWords> => {
  const command = journalCommand({ units: [unit], lines: 20, follow: false });
  try {
    const { stdout } = await withDeadline(explanationTime, signal, (bounded) =>
      execRepeatable(context, connection, command, { signal: bounded }),
    );
    const records = stdout.split('\n').flatMap((line) => parseJournalRecord(line) ?? []);
    const own = records.filter(({ aboutUnit }) => !aboutUnit).map(({ message }) => message);
    return {
      complaint: lastLines(own.join('\n'), 1)[0],
      output: lastLines(records.map(({ message }) => message).join('\n')),
    };
  } catch (error) {
    signal.throwIfAborted();
    context.report.log(
      `the log of ${unit} could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
    return { complaint: undefined, output: [] };
  }
};
