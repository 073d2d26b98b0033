import { followJournal, machineUnits } from '../pipeline/journal/follow-journal.ts';
import { journalCommand } from '../pipeline/journal/journal-command.ts';
import { parseJournalRecord } from '../pipeline/journal/journal-record.ts';
import { lastLines } from '../pipeline/output-lines.ts';
import { buildPayload } from '../pipeline/payload/payload.ts';
import { PhaseFailure } from '../pipeline/phase-failure.ts';
import { cleanText } from '../ssh/clean-text.ts';
import type { Invocation, RunCommand } from './command.ts';
import { exitStatus } from './exit-status.ts';
import { requireOneNode, withNodes } from './node-command.ts';

const defaultLines = 100;

/** Prints what a node's journal says, and with `--follow` what it will say. */
export const run: RunCommand = (invocation) =>
  withNodes(invocation, async ({ access, nodes, reach, signal, workspace }) => {
    const node = requireOneNode(invocation, nodes, 'logs <node>');
    const { options, templatesFolder } = invocation;
    const units =
      options.unit === undefined
        ? [
            ...machineUnits,
            ...(await buildPayload(workspace.config, templatesFolder)).services.map(
              ({ unit }) => unit,
            ),
          ]
        : [options.unit];
    const lines = options.lines ?? defaultLines;
    const print = printer(invocation, node.name);
    const connection = access.connect(node.instance);
    try {
      await reach(node, connection);
      if (options.follow) {
        await followJournal(connection, { units, lines }, { log: print }, signal);
      } else {
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
        for (const line of stdout.split('\n')) {
          const record = parseJournalRecord(line);
          for (const text of record?.message.split('\n') ?? []) {
            print(cleanText(text).trimEnd(), record?.source, record?.time);
          }
        }
      }
    } finally {
      connection.close();
    }
    return exitStatus.success;
  });

const printer =
  ({ options, stdout }: Invocation, node: string) =>
  (message: string, source = 'spot-tui', time = Date.now()): void => {
    if (message === '') return;
    stdout.write(
      options.json
        ? `${JSON.stringify({ time: new Date(time).toISOString(), event: 'log', node, source, message })}\n`
        : `${source}: ${message}\n`,
    );
  };
