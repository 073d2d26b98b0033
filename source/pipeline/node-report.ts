import type { Emit } from '../events/event.ts';
import type { PipelinePhase } from '../events/phase.ts';
import { topicOfPhase } from '../events/topic-of-phase.ts';
import type { Health } from './inspection/health.ts';
import { isNews } from './inspection/health-news.ts';
import type { PhaseFailure } from './phase-failure.ts';

/** What a pipeline tells about its node. */
export type NodeReport = {
  phase(phase: PipelinePhase, attempt: number, instanceId?: string): void;
  failed(phase: PipelinePhase, failure: PhaseFailure): void;
  /** A node that was ready is not well any more. */
  degraded(failure: PhaseFailure): void;
  /** How the node was found just now; told where that is news, or to be told always. */
  health(health: Health, options?: { readonly always: boolean }): void;
  progress(phase: PipelinePhase, done: number, total: number): void;
  /**
   * @param source Defaults to the controller itself.
   * @param time When it was said, in milliseconds since the Unix epoch; defaults to now.
   */
  log(message: string, source?: string, time?: number): void;
};

/** Progress events a second and node at most: more would only be drawn over. */
const progressInterval = 100;

/** Reports as events of one node, stamped by the given clock (milliseconds since the epoch). */
export const reportAs = (
  node: { readonly name: string; readonly region: string },
  emit: Emit,
  clock: () => number,
): NodeReport => {
  let lastProgress = 0;
  let machine: string | undefined;
  let told: { readonly health: Health; readonly time: number } | undefined;
  return {
    phase: (phase, attempt, instanceId) => {
      lastProgress = 0;
      // Nothing has been told of the health of another machine.
      if (instanceId !== machine) told = undefined;
      machine = instanceId;
      emit({
        event: 'phase',
        time: clock(),
        node: node.name,
        ...(instanceId === undefined ? {} : { instanceId }),
        region: node.region,
        phase,
        attempt,
      });
    },
    failed: (failedPhase, { reason, hint, output, topic = topicOfPhase(failedPhase) }) => {
      emit({
        event: 'phase',
        time: clock(),
        node: node.name,
        phase: 'failed',
        failedPhase,
        reason,
        hint,
        topic,
        ...(output.length === 0 ? {} : { output }),
      });
    },
    degraded: ({ reason, hint, topic }) => {
      emit({
        event: 'phase',
        time: clock(),
        node: node.name,
        phase: 'degraded',
        reason,
        hint,
        ...(topic === undefined ? {} : { topic }),
      });
    },
    health: (health, { always } = { always: false }) => {
      const time = clock();
      if (!always && !isNews(told?.health, health, time - (told?.time ?? time))) return;
      told = { health, time };
      emit({ event: 'health', time, node: node.name, ...health });
    },
    progress: (phase, done, total) => {
      const time = clock();
      if (done < total && time - lastProgress < progressInterval) return;
      lastProgress = time;
      emit({ event: 'progress', time, node: node.name, phase, done, total });
    },
    log: (message, source = 'spot-tui', time = clock()) => {
      emit({ event: 'log', time, node: node.name, source, message });
    },
  };
};
