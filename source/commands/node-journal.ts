import type { ExistingNode } from '../fleet/plan.ts';
import type { LogLine } from '../fleet/state.ts';
import { installedUnits, machineUnits } from '../pipeline/installed-units.ts';
import { followJournal, reportRecord } from '../pipeline/journal/follow-journal.ts';
import { journalCommand } from '../pipeline/journal/journal-command.ts';
import { parseJournalRecord } from '../pipeline/journal/journal-record.ts';
import { lastLines } from '../pipeline/output-lines.ts';
import { PhaseFailure } from '../pipeline/phase-failure.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import { commandLine } from './command-line.ts';
import type { NodeCommandContext } from './node-command.ts';

export type JournalRequest = {
  /** Only this systemd unit; default: the machine's and the deployment's. */
  readonly unit?: string;
  /** Lines of the past. */
  readonly lines: number;
  readonly follow: boolean;
  readonly onLine: (line: LogLine) => void;
};

/** A node can't be connected to; `cause` says why, with a hint. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/**
 * Reads a node's journal; with `follow` until the signal aborts. Returns the units it was asked for.
 *
 * @throws UnreachableError, PhaseFailure where the journal can't be read, and the signal's reason.
 */
export const readJournal = async (
  { access, invocation, reach, signal }: NodeCommandContext,
  node: ExistingNode,
  { follow, lines, onLine, unit }: JournalRequest,
): Promise<readonly string[]> => {
  let connection: NodeConnection;
  try {
    connection = access.connect(node.instance);
  } catch (error) {
    throw new UnreachableError(`${node.name} can't be reached`, { cause: error });
  }
  try {
    await reach(node, connection).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new UnreachableError(`${node.name} can't be reached`, { cause: error });
    });
    const units =
      unit === undefined
        ? [...machineUnits, ...(await installedUnits(connection, signal)).map((each) => each.unit)]
        : [unit];
    const report = {
      log: (message: string, source = 'spot-tui', time = Date.now()) =>
        onLine({ time, source, message }),
    };
    if (follow) await followJournal(connection, { units, lines }, report, signal);
    else {
      const ssh = commandLine(invocation, `ssh ${node.name}`);
      await printOnce(connection, units, { lines, report, signal, node: node.name, ssh });
    }
    return units;
  } finally {
    connection.close();
  }
};

const printOnce = async (
  connection: NodeConnection,
  units: readonly string[],
  {
    lines,
    node,
    report,
    signal,
    ssh,
  }: {
    readonly lines: number;
    readonly node: string;
    readonly report: Parameters<typeof reportRecord>[1];
    readonly signal: AbortSignal;
    /** The command line of a shell on the node. */
    readonly ssh: string;
  },
): Promise<void> => {
  const { exitCode, stderr, stdout } = await connection.exec(
    journalCommand({ units, lines, follow: false }),
    { signal, maximumOutput: 64 * 1024 * 1024 },
  );
  if (exitCode !== 0) {
    throw new PhaseFailure(
      `${node}: the journal can't be read: ${lastLines(stderr, 1)[0] ?? `status ${exitCode}`}`,
      `Does the login user have sudo without a password? \`${ssh}\` shows what works.`,
      [],
      'inspection',
    );
  }
  const records = stdout.split('\n').flatMap((line) => parseJournalRecord(line) ?? []);
  for (const record of records) reportRecord(record, report);
};
