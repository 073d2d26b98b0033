import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeConnection } from '../../ssh/connection.ts';
import { startAwakeTimer } from '../../time/awake-timer.ts';
import type { CheckResult, CheckTarget } from '../checks/check.ts';
import { topicOfCheck } from '../checks/topic-of-check.ts';
import { repeatable } from '../connected.ts';
import { DeadlineExceededError, formatSeconds, withDeadline } from '../deadline.ts';
import { examine } from '../examine.ts';
import { explain } from '../explain.ts';
import type { NodeContext } from '../node-context.ts';
import { PhaseFailure } from '../phase-failure.ts';

/** Milliseconds between looks at a node whose services are starting. */
const interval = 1000;

export type VerifyOptions = {
  /** Milliseconds after which it is given up, the looks themselves included. */
  readonly milliseconds: number;
  /**
   * Milliseconds from the first look on that checks get which time may change; default: all the
   * time that there is. Then a failed one has failed, and one that passes is good enough: for nodes
   * to which nothing was done, and which are looked at again anyhow.
   */
  readonly settling?: number;
  readonly signal: AbortSignal;
};

/**
 * Looks at the node until every check passes and has settled.
 *
 * @throws PhaseFailure naming the first check that fails for good, or that was not done when the
 * time was over: a slow node is not one that fails.
 */
export const verify = async (
  context: NodeContext,
  connection: NodeConnection,
  target: CheckTarget,
  { milliseconds, settling = milliseconds, signal }: VerifyOptions,
): Promise<void> => {
  let results: readonly CheckResult[] = [];
  let isOver = false;
  let stopTimer: (() => void) | undefined;
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
        if (isOver) return;
        stopTimer ??= startAwakeTimer(settling, () => {
          isOver = true;
        });
        const waiting = results.find(({ pending }) => pending);
        const line = waiting === undefined ? '' : `${waiting.name}: ${waiting.detail}`;
        if (line !== reported) context.report.log(line);
        reported = line;
        await sleep(interval, undefined, { signal: bounded });
      }
    });
  } catch (error) {
    if (!(error instanceof DeadlineExceededError)) throw error;
    if (results.every(({ status }) => status !== 'failed')) throw unfinished(results, error);
  } finally {
    stopTimer?.();
  }
  const failure =
    results.find(({ status, pending }) => status === 'failed' && !pending) ??
    results.find(({ status }) => status === 'failed');
  if (failure !== undefined) throw await explain(context, connection, failure, signal);
};

/** The time is over, and no check has failed. */
const unfinished = (
  results: readonly CheckResult[],
  { milliseconds }: DeadlineExceededError,
): PhaseFailure => {
  const time = formatSeconds(milliseconds);
  const waiting = results.find(({ pending }) => pending);
  return waiting === undefined
    ? new PhaseFailure(
        `inspection: the node did not tell within ${time} what runs on it`,
        'It answers SSH, but slowly: look at its load and its disk with `spot-tui ssh`. `timeouts.verifying` in the configuration allows more; then retry it: `spot-tui create` carries on.',
        [],
        'inspection',
      )
    : new PhaseFailure(
        `${waiting.name}: ${waiting.detail}, but not for long enough within ${time}`,
        "Look at the node's log; `timeouts.verifying` in the configuration allows more, and `settle_time` asks for less. Then retry it: `spot-tui create` carries on.",
        [],
        topicOfCheck(waiting.name),
      );
};
