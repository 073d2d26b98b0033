import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeConnection } from '../../ssh/connection.ts';
import type { CheckResult, CheckTarget } from '../checks/check.ts';
import { repeatable } from '../connected.ts';
import { DeadlineExceededError, withDeadline } from '../deadline.ts';
import { examine } from '../examine.ts';
import { explain } from '../explain.ts';
import type { NodeContext } from '../node-context.ts';

/** Milliseconds between looks at a node whose services are starting. */
const interval = 1000;

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
        const { checks, health } = await repeatable(context, connection, bounded, () =>
          examine(context, connection, target, bounded),
        );
        results = checks;
        context.report.health(health);
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
