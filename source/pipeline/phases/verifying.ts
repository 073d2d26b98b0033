import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeConnection } from '../../ssh/connection.ts';
import type { CheckResult, CheckTarget } from '../checks/check.ts';
import { runChecks } from '../checks/checks.ts';
import { execRepeatable, repeatable } from '../connected.ts';
import { DeadlineExceededError, withDeadline } from '../deadline.ts';
import { inspectNode } from '../inspection/inspect-node.ts';
import { journalCommand } from '../journal/journal-command.ts';
import { parseJournalRecord } from '../journal/journal-record.ts';
import type { NodeContext } from '../node-context.ts';
import { lastLines } from '../output-lines.ts';
import { PhaseFailure } from '../phase-failure.ts';

/** Milliseconds between looks at a node whose services are starting. */
const interval = 1000;

/** Milliseconds in which the log of what failed has to come, or the failure is told without it. */
const explanationTime = 10_000;

/**
 * Looks at the node until every check passes and has settled.
 *
 * @param milliseconds After which a check that only time could have helped counts as failed.
 * @throws PhaseFailure naming the first check that fails for good, and DeadlineExceededError when
 * the time is over and no check had failed: the node could not be seen, or did not settle.
 */
export const verify = async (
  context: NodeContext,
  connection: NodeConnection,
  target: CheckTarget,
  { milliseconds, signal }: { milliseconds: number; signal: AbortSignal },
): Promise<void> => {
  let results: readonly CheckResult[] = [];
  try {
    await withDeadline(milliseconds, signal, async (bounded) => {
      for (let reported = ''; ; ) {
        results = await repeatable(context, connection, bounded, () =>
          examine(context, connection, target, bounded),
        );
        if (results.every(({ status, pending }) => status !== 'failed' && !pending)) return;
        const failure = results.find(({ status, pending }) => status === 'failed' && !pending);
        if (failure !== undefined) return;
        const waiting = results.find(({ pending }) => pending);
        const line = waiting === undefined ? '' : `${waiting.name}: ${waiting.detail}`;
        if (line !== reported) context.report.log(line);
        reported = line;
        await sleep(interval, undefined, { signal: bounded });
      }
    });
  } catch (error) {
    const wasLate = error instanceof DeadlineExceededError;
    if (!wasLate || results.every(({ status }) => status !== 'failed')) throw error;
  }
  const failure =
    results.find(({ status, pending }) => status === 'failed' && !pending) ??
    results.find(({ status }) => status === 'failed');
  if (failure !== undefined) throw await explain(context, connection, failure, signal);
};

/** Looks once, and runs the checks that the configuration adds. */
export const examine = async (
  { config, scripts }: Pick<NodeContext, 'config' | 'scripts'>,
  connection: NodeConnection,
  target: CheckTarget,
  signal: AbortSignal,
): Promise<CheckResult[]> => {
  const facts = await inspectNode(scripts, connection, target, signal);
  const results = runChecks(facts, target);
  for (const { name, command } of config.expectations.commands) {
    const { exitCode, exitSignal, stdout, stderr } = await connection.exec(command, { signal });
    results.push(
      exitCode === 0
        ? { name, status: 'passed', detail: lastLines(stdout, 1)[0] ?? 'exit status 0' }
        : {
            name,
            status: 'failed',
            detail: `${lastLines(stderr || stdout, 1)[0] ?? 'no output'} (${exitSignal ?? `exit status ${exitCode}`})`,
            hint: `The configuration expects \`${command}\` to succeed on every node.`,
            pending: true,
          },
    );
  }
  return results;
};

const explain = async (
  context: NodeContext,
  connection: NodeConnection,
  { name, detail, hint }: CheckResult,
  signal: AbortSignal,
): Promise<PhaseFailure> => {
  const isUnit = /\.(?:service|socket|timer|path)$/.test(name);
  const { complaint, output } = isUnit
    ? await lastWords(context, connection, name, signal)
    : { complaint: undefined, output: [] };
  return new PhaseFailure(
    [name, detail, ...(complaint === undefined ? [] : [complaint])].join(': '),
    (hint ?? 'Run `spot-tui doctor NODE` for details.').replaceAll('NODE', context.name),
    output,
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
