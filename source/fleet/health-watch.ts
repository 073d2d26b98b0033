import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckName, CheckResult } from '../pipeline/checks/check.ts';
import { topicOfCheck } from '../pipeline/checks/topic-of-check.ts';
import type { Examination } from '../pipeline/examine.ts';
import { explain } from '../pipeline/explain.ts';
import type { NodeContext } from '../pipeline/node-context.ts';
import { PhaseFailure, toPhaseFailure } from '../pipeline/phase-failure.ts';
import { jittered } from '../ssh/backoff.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import { judge, type Look, unreachable, type Verdict } from './health-verdict.ts';
import { type NodeInspection, UnseenError } from './node-inspection.ts';

export type HealthWatchOptions = {
  readonly context: NodeContext;
  readonly inspection: NodeInspection;
  /** The attempt whose outcome is watched. */
  readonly attempt: number;
  /** Whether it ended ready, or failed because of what is watched here. */
  readonly wasReady: boolean;
  /** Digest of the manifest without which a node that is not ready does not get so. */
  readonly owed?: string;
  /** Whether it failed because it could not be reached. */
  readonly wasOutOfReach: boolean;
  /** Called when a node that was not well is again. */
  readonly onRecovered: (connection: NodeConnection) => void;
};

/** The cause of what a run failed with. */
const failedBefore = 'before';

/** Name of the check that a node fails which does not let itself be inspected. */
const inspectionCheck = 'inspection' satisfies CheckName;

/** Name of what a node fails that has other files than those that were sent last. */
const deliveryCheck = 'delivery' satisfies CheckName;

const undelivered = new PhaseFailure(
  'reachable again; what was pushed did not arrive',
  'Push again with `spot-tui push`; `spot-tui create` does as well, and mends what else is amiss.',
  [],
  topicOfCheck(deliveryCheck),
);

/** Milliseconds: a new connection takes longer than a second, over a bad link. */
const connectTimes = { shortest: 2_000, longest: 15_000 } as const;

/**
 * Looks at a node again and again until the signal aborts, and tells what becomes of it: a ready
 * node degrades and recovers, one that could not be reached or had failed its checks becomes ready
 * when they pass. What was sent to it must have arrived for that: a node that works with the files
 * from before is not what was asked for.
 */
export const watchHealth = async (
  options: HealthWatchOptions,
  signal: AbortSignal,
): Promise<void> => {
  const { config, report } = options.context;
  const interval = config.healthInterval;
  let isReady = options.wasReady;
  let isToldOfDelivery = !options.wasOutOfReach;
  let verdict: Verdict = isReady ? {} : { cause: failedBefore };
  // A fleet that became ready together is not to be looked at together.
  let wait = interval * Math.random();
  for (;;) {
    await sleep(wait, undefined, { signal });
    const now = performance.now();
    const sight = await look(options, isReady ? undefined : options.owed, signal);
    if (sight.examination !== undefined) report.health(sight.examination.health);
    const judgement = judge(verdict, sight.look, { interval, now });
    switch (judgement.change) {
      case 'degraded':
        // Whoever failed has said so, with what was found then.
        if (isReady && sight.failure !== undefined) {
          report.degraded(await reasonOf(options, sight.failure, signal));
        } else if (sight.failure === undelivered && !isToldOfDelivery) {
          report.failed('connecting', undelivered);
          isToldOfDelivery = true;
        }
        break;
      case 'recovered':
        report.log(`well again: ${recovery(verdict.cause, sight.examination)}`);
        report.phase('ready', options.attempt, options.context.machine.instanceId);
        isReady = true;
        if (options.inspection.connection !== undefined) {
          options.onRecovered(options.inspection.connection);
        }
        break;
      case undefined:
        break;
      default:
        judgement.change satisfies never;
    }
    verdict = judgement.verdict;
    wait = jittered(judgement.next);
  }
};

/** A look, and what it was made of. */
type Sight = {
  readonly look: Look;
  readonly examination?: Examination;
  readonly failure?: Failure;
};

type Failure = CheckResult | PhaseFailure | UnseenError;

const look = async (
  { context, inspection }: HealthWatchOptions,
  owed: string | undefined,
  signal: AbortSignal,
): Promise<Sight> => {
  const { longest, shortest } = connectTimes;
  const patience = Math.min(Math.max(context.config.healthInterval, shortest), longest);
  try {
    return sightOf(await inspection.examine(patience, signal), owed);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UnseenError) return { look: { type: 'unseen' }, failure: error };
    const failure = toPhaseFailure(error);
    return { look: { type: 'failing', cause: inspectionCheck, mayPass: true }, failure };
  }
};

const sightOf = (examination: Examination, owed: string | undefined): Sight => {
  const { checks, facts, isBeingConfigured } = examination;
  if (isBeingConfigured) return { look: { type: 'settling' }, examination };
  if (owed !== undefined && facts.appliedManifest !== owed) {
    const look = { type: 'failing', cause: deliveryCheck, mayPass: false } as const;
    return { look, examination, failure: undelivered };
  }
  const failed = checks.filter(({ status }) => status === 'failed');
  const failure = failed.find(({ pending }) => !pending) ?? failed[0];
  if (failure !== undefined) {
    const mayPass = failure.pending === true;
    return { look: { type: 'failing', cause: failure.name, mayPass }, examination, failure };
  }
  const type = checks.some(({ pending }) => pending) ? 'settling' : 'well';
  return { look: { type }, examination };
};

const reasonOf = async (
  { context, inspection }: HealthWatchOptions,
  failure: Failure,
  signal: AbortSignal,
): Promise<PhaseFailure> => {
  if (failure instanceof PhaseFailure) return failure;
  if (failure instanceof UnseenError) {
    const state = inspection.machineState;
    const where = state === undefined || state === 'running' ? '' : ` (EC2 says it is ${state})`;
    return new PhaseFailure(
      `out of reach${where}: ${failure.message}`,
      failure.hint,
      [],
      failure.topic,
    );
  }
  const { connection } = inspection;
  return connection === undefined
    ? new PhaseFailure(
        `${failure.name}: ${failure.detail}`,
        failure.hint ?? '',
        [],
        topicOfCheck(failure.name),
      )
    : explain(context, connection, failure, signal);
};

const recovery = (cause: string | undefined, examination: Examination | undefined): string => {
  if (cause === unreachable) return 'SSH answers, and all checks pass';
  const check = examination?.checks.find(({ name }) => name === cause);
  return check === undefined ? 'all checks pass' : `${check.name}: ${check.detail}`;
};
