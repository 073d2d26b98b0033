import type { PhaseEvent } from './event.ts';
import type { Phase } from './phase.ts';
import type { Topic } from './topic.ts';

/** Where to read on about a node that failed in a phase, or is in one, if no more is known than that. */
export const topicOfPhase = (phase: Phase): Topic => {
  switch (phase) {
    case 'pending':
    case 'launching':
      return 'aws';
    case 'booting':
      return 'boot';
    case 'connecting':
      return 'ssh';
    case 'uploading':
      return 'upload';
    case 'cloud-init':
      return 'cloud-init';
    case 'configuring':
      return 'configure';
    case 'verifying':
    case 'ready':
    case 'degraded':
      return 'checks';
    case 'failed':
      return 'phases';
    case 'interrupted':
    case 'terminating':
    case 'terminated':
      return 'interrupted';
    default:
      return phase satisfies never;
  }
};

/** Where to read on about what has become of a node; undefined where nothing is wrong with it. */
export const topicOfEvent = (event: PhaseEvent): Topic | undefined => {
  switch (event.phase) {
    case 'failed':
      return event.topic ?? topicOfPhase(event.failedPhase);
    case 'degraded':
    case 'interrupted':
      return event.topic ?? topicOfPhase(event.phase);
    case 'terminating':
    case 'terminated':
      // An end that was asked for here needs no explanation.
      return event.topic ?? (event.hint === undefined ? undefined : topicOfPhase(event.phase));
    case 'pending':
    case 'launching':
    case 'booting':
    case 'connecting':
    case 'uploading':
    case 'cloud-init':
    case 'configuring':
    case 'verifying':
    case 'ready':
      return undefined;
    default:
      return event satisfies never;
  }
};
