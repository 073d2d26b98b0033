import type { TimedPhase } from '../config/config.ts';
import type { CloudTrouble } from '../ec2/cloud.ts';
import type { PipelinePhase } from '../events/phase.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import { checkTargetOf, type ExpectedFiles } from './check-target.ts';
import { repeatable, waitingFor } from './connected.ts';
import { DeadlineExceededError, formatSeconds, withDeadline } from './deadline.ts';
import { installedUnits } from './installed-units.ts';
import type { NodeContext } from './node-context.ts';
import { isWhole } from './payload/payload.ts';
import { PhaseFailure, toPhaseFailure } from './phase-failure.ts';
import { awaitConfiguration, isInTheMaking } from './phases/awaiting-others.ts';
import { awaitCloudInit, requireCloudInitSuccess } from './phases/cloud-init.ts';
import { type ConfigureOptions, configure } from './phases/configuring.ts';
import { reach } from './phases/connecting.ts';
import { deliver } from './phases/delivering.ts';
import { uploadIfGone } from './phases/uploading.ts';
import { verify } from './phases/verifying.ts';

/**
 * What is done to a node:
 * - `create`: everything from nothing to ready; what is done already takes no time.
 * - `push`: send changed files, apply them, verify.
 * - `configure`: apply what was sent, verify.
 * - `observe`: find out whether it is ready; change nothing. One that somebody else seems to be
 *   bringing up is waited for.
 */
export type Journey = 'create' | 'push' | 'configure' | 'observe';

export type PipelineRun = {
  readonly journey: Journey;
  /** 1 for the first run of the node, one more for each later one. */
  readonly attempt: number;
  /** Ends the run without a word: whoever aborts reports why. */
  readonly signal: AbortSignal;
  /** Called once the node's connection stands. */
  readonly onConnected?: (connection: NodeConnection) => void;
};

export type PipelineOutcome = 'ready' | 'failed' | 'aborted';

/**
 * Drives one node through its phases, reporting each. Never rejects: what goes wrong becomes the
 * node's failure, so that it can't touch any other node.
 */
export const runPipeline = async (
  context: NodeContext,
  { journey, attempt, signal, onConnected }: PipelineRun,
): Promise<PipelineOutcome> => {
  const { config, machine, payload, report } = context;
  let current: PipelinePhase = 'pending';
  const enter = (phase: PipelinePhase) => {
    // Whoever aborted has said by now what has become of the node.
    signal.throwIfAborted();
    current = phase;
    report.phase(phase, attempt, machine.instanceId);
  };
  const during = <Result>(
    phase: TimedPhase,
    action: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    enter(phase);
    return withDeadline(config.timeouts[phase], signal, action);
  };
  const brings = journey === 'create' || journey === 'push';
  const scope = new AbortController();
  const inScope = AbortSignal.any([signal, scope.signal]);

  try {
    if (journey === 'create') {
      enter('pending');
      await machine.launching(signal);
      await during('launching', machine.launched);
    }
    const instance = await during('booting', machine.running);
    const connection = machine.connection(instance);
    enter('connecting');
    await reach(connection, {
      patience: config.timeouts.connecting,
      signal,
      onWaiting: waitingFor(context),
    });
    onConnected?.(connection);

    let configureOptions: ConfigureOptions | undefined;
    if (brings) {
      if (payload === undefined || !isWhole(payload)) throw new PhaseFailure(...nothingToSend);
      const what = { payload, instanceId: instance.instanceId };
      const { applied, configuring } = await during('uploading', (uploading) =>
        deliver(context, connection, what, { uploading, all: inScope }),
      );
      // Awaited below, in its own phase.
      configuring?.catch(ignoreUntilAwaited);
      const sendIfGone = () => uploadIfGone(context, connection, what, inScope);
      await during('cloud-init', async (bounded) => {
        if (configuring !== undefined) {
          configureOptions = { begun: configuring, resending: { isDue: false, sendIfGone } };
          return;
        }
        const outcome = await awaitCloudInit(context, connection, bounded);
        for (const warning of outcome.warnings) report.log(warning, 'cloud-init');
        if (journey === 'create' && applied === '') {
          await requireCloudInitSuccess(context, connection, outcome, bounded);
        }
        configureOptions = { resending: { isDue: outcome.wasCutOff, sendIfGone } };
      });
    }
    if (journey === 'observe') {
      if (await isInTheMaking(context, connection, instance, signal)) {
        await during('cloud-init', (bounded) => awaitCloudInit(context, connection, bounded));
        await during('configuring', (bounded) => awaitConfiguration(context, connection, bounded));
      }
    } else {
      await during('configuring', (bounded) =>
        configure(context, connection, bounded, configureOptions),
      );
    }
    enter('verifying');
    // Only where this run brought the files is it known that others are wrong.
    const files = payload ?? (await installedFiles(context, connection, signal));
    await verify(context, connection, checkTargetOf(config, files, { exactFiles: brings }), {
      milliseconds: config.timeouts.verifying,
      // Where nothing was started, there is nothing to wait for but that what runs goes on running.
      ...(journey === 'observe' ? { settling: config.settleTime + observationTime } : {}),
      signal,
    });
    enter('ready');
    return 'ready';
  } catch (error) {
    if (signal.aborted) return 'aborted';
    report.failed(current, failureOf(current, error, machine.trouble?.()));
    return 'failed';
  } finally {
    scope.abort();
  }
};

/** Milliseconds to be sure of a node to which nothing was done just now, beyond the settle time. */
const observationTime = 3_000;

/** Where the files are not here, a node must look as it was configured last. */
const installedFiles = async (
  context: NodeContext,
  connection: NodeConnection,
  signal: AbortSignal,
): Promise<ExpectedFiles> => {
  const services = await withDeadline(context.config.timeouts.verifying, signal, (bounded) =>
    repeatable(context, connection, bounded, () => installedUnits(connection, bounded)),
  );
  return { services, containers: [] };
};

const nothingToSend = [
  'the files for the nodes are not here',
  'Run it where the configuration and what it names are.',
  [],
  'usage',
] as const;

const ignoreUntilAwaited = (): undefined => undefined;

const failureOf = (
  phase: PipelinePhase,
  error: unknown,
  trouble: CloudTrouble | undefined,
): PhaseFailure => {
  if (!(error instanceof DeadlineExceededError)) return toPhaseFailure(error);
  const reason = `${phase} took longer than ${formatSeconds(error.milliseconds)}`;
  // These two are made of questions to EC2, and wait for what these wait for.
  if (trouble !== undefined && (phase === 'launching' || phase === 'booting')) {
    return new PhaseFailure(`${reason}: ${trouble.message}`, trouble.hint);
  }
  return new PhaseFailure(
    reason,
    `Look at the node's log; \`timeouts.${phase}\` in the configuration allows more. Then retry it: \`spot-tui create\` carries on.`,
  );
};
