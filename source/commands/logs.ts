import { installedUnits, machineUnits } from '../pipeline/installed-units.ts';
import { followJournal, reportRecord } from '../pipeline/journal/follow-journal.ts';
import { journalCommand } from '../pipeline/journal/journal-command.ts';
import { parseJournalRecord } from '../pipeline/journal/journal-record.ts';
import { lastLines } from '../pipeline/output-lines.ts';
import { PhaseFailure } from '../pipeline/phase-failure.ts';
import type { Invocation, RunCommand } from './command.ts';
import { exitStatus } from './exit-status.ts';
import { requireOneNode, withNodes } from './node-command.ts';

const defaultLines = 100;

/** Prints what a node's journal says, and with `--follow` what it will say. */
export const run: RunCommand = (invocation) =>
  withNodes(invocation, async ({ access, nodes, reach, signal }) => {
    const node = requireOneNode(invocation, nodes, 'logs <node>');
    const { follow, lines = defaultLines, unit } = invocation.options;
    const report = { log: printer(invocation, node.name) };
    const connection = access.connect(node.instance);
    try {
      await reach(node, connection);
      const units =
        unit === undefined
          ? [
              ...machineUnits,
              ...(await installedUnits(connection, signal)).map((each) => each.unit),
            ]
          : [unit];
      if (follow) {
        await followJournal(connection, { units, lines }, report, signal);
        return exitStatus.success;
      }
      const { exitCode, stderr, stdout } = await connection.exec(
        journalCommand({ units, lines, follow: false }),
        { signal, maximumOutput: 64 * 1024 * 1024 },
      );
      if (exitCode !== 0) {
        throw new PhaseFailure(
          `${node.name}: the journal can't be read: ${lastLines(stderr, 1)[0] ?? `status ${exitCode}`}`,
          'Does the login user have sudo without a password? `spot-tui ssh` shows what works.',
        );
      }
      const records = stdout.split('\n').flatMap((line) => parseJournalRecord(line) ?? []);
      for (const record of records) reportRecord(record, report);
      if (records.length === 0) {
        invocation.stderr.write(`The journal says nothing of ${units.join(', ')} since boot.\n`);
      }
      return exitStatus.success;
    } finally {
      connection.close();
    }
  });

const printer =
  ({ options, stdout }: Invocation, node: string) =>
  (message: string, source = 'spot-tui', time = Date.now()): void => {
    stdout.write(
      options.json
        ? `${JSON.stringify({ time: new Date(time).toISOString(), event: 'log', node, source, message })}\n`
        : `${clockTime(time)} ${source}: ${message}\n`,
    );
  };

/** Local time of day, as the dashboard and `--ci` print it. */
const clockTime = (time: number): string =>
  new Date(time).toLocaleTimeString('en-GB', { hour12: false });
