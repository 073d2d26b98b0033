import type { ActionResultEvent, MovedEvent, NodeEvent, PhaseEvent } from '../events/event.ts';
import { isSettled } from '../events/phase.ts';
import { topicOfEvent } from '../events/topic-of-phase.ts';
import type { LogLine, NodeState, Timeline, TimelineEntry, Trouble } from './state.ts';

/** Log lines that the state keeps per node; the full log is on disk. */
export const logLimit = 200;

/** Earlier attempts that the state keeps per node. */
const attemptLimit = 10;

/** Phases that the state keeps of an attempt since it settled: a node may come and go for days. */
export const changeLimit = 20;

/** An event that changes what is known of a node. */
type StateEvent = Exclude<NodeEvent, ActionResultEvent | MovedEvent>;

/** A node of which this event is the first. */
export const unknownNode = (event: StateEvent): NodeState => ({
  name: event.node,
  region: 'region' in event ? event.region : event.node.replace(/-\d+$/, ''),
  phase: 'pending',
  phaseSince: event.time,
  attempt: 1,
  log: [],
  logged: 0,
  timeline: [],
  earlier: [],
});

/** A node after an event about it. */
export const reduceNode = (node: NodeState, event: StateEvent): NodeState => {
  switch (event.event) {
    case 'phase':
      return enterPhase(node, event);
    case 'instance': {
      const { event: _event, node: _node, time: _time, ...facts } = event;
      return { ...(isOther(node, facts.instanceId) ? withoutMachine(node) : node), ...facts };
    }
    case 'progress':
      return { ...node, progress: { done: event.done, total: event.total } };
    case 'log':
      return { ...node, log: appendLine(node.log, event), logged: node.logged + 1 };
    case 'health': {
      const { event: _event, node: _node, ...health } = event;
      return { ...node, health };
    }
    default:
      return event satisfies never;
  }
};

const enterPhase = (node: NodeState, event: PhaseEvent): NodeState => {
  const { progress: _progress, trouble: _trouble, ...rest } = knownAfter(node, event);
  const entered = { phase: event.phase, time: event.time };
  const attempt = 'attempt' in event ? event.attempt : node.attempt;
  const trouble = troubleOf(event);
  const isSameAttempt = attempt === node.attempt;
  const finished = { attempt: node.attempt, timeline: node.timeline };
  return {
    ...rest,
    ...('region' in event ? { region: event.region } : {}),
    ...('instanceId' in event && event.instanceId !== undefined
      ? { instanceId: event.instanceId }
      : {}),
    phase: event.phase,
    phaseSince: event.time,
    attempt,
    ...(trouble === undefined ? {} : { trouble }),
    timeline: isSameAttempt ? appendPhase(node.timeline, entered) : [entered],
    earlier: isSameAttempt ? node.earlier : [...node.earlier.slice(1 - attemptLimit), finished],
  };
};

const appendPhase = (timeline: Timeline, entered: TimelineEntry): Timeline => {
  const settled = timeline.find(({ phase }) => isSettled(phase));
  if (settled === undefined) return [...timeline, entered];
  const index = timeline.indexOf(settled);
  const [oldest, ...newer] = timeline.slice(index + 1);
  if (oldest === undefined || newer.length + 1 < changeLimit) return [...timeline, entered];
  return [
    ...timeline.slice(0, index),
    { ...settled, until: settled.until ?? oldest.time },
    ...newer,
    entered,
  ];
};

/** What is still so of the node's machine with an event. */
const knownAfter = (node: NodeState, event: PhaseEvent): NodeState => {
  switch (event.phase) {
    case 'pending':
      // Without one it gets another machine.
      return event.instanceId === node.instanceId ? node : withoutMachine(node);
    case 'terminated':
      return withoutHealth(node);
    case 'interrupted':
      return event.deadline === undefined ? withoutHealth(node) : node;
    default:
      return 'instanceId' in event && isOther(node, event.instanceId) ? withoutMachine(node) : node;
  }
};

/** Whether an instance is another one than the node is known to have. */
const isOther = ({ instanceId }: NodeState, other: string | undefined): boolean =>
  instanceId !== undefined && other !== undefined && instanceId !== other;

/** Nothing runs any more on a machine that is gone. */
const withoutHealth = ({ health: _health, ...node }: NodeState): NodeState => node;

const withoutMachine = ({
  address: _address,
  expiresAt: _expiresAt,
  health: _health,
  hostKey: _hostKey,
  hostKeyFingerprint: _hostKeyFingerprint,
  imageId: _imageId,
  instanceId: _instanceId,
  instanceType: _instanceType,
  launchedAt: _launchedAt,
  lifecycle: _lifecycle,
  pricePerHour: _pricePerHour,
  privateAddress: _privateAddress,
  publicAddress: _publicAddress,
  rebalanceSince: _rebalanceSince,
  replacedBy: _replacedBy,
  sshPort: _sshPort,
  zone: _zone,
  ...node
}: NodeState): NodeState => node;

const troubleOf = (event: PhaseEvent): Trouble | undefined => {
  const topic = topicOfEvent(event);
  const readOn = topic === undefined ? {} : { topic };
  switch (event.phase) {
    case 'failed':
      return {
        ...readOn,
        reason: event.reason,
        hint: event.hint,
        failedPhase: event.failedPhase,
        ...(event.output === undefined ? {} : { output: event.output }),
      };
    case 'degraded':
      return { ...readOn, reason: event.reason, hint: event.hint };
    case 'interrupted':
      return {
        ...readOn,
        reason: event.reason,
        ...(event.hint === undefined ? {} : { hint: event.hint }),
        ...(event.deadline === undefined ? {} : { deadline: event.deadline }),
      };
    case 'terminating':
    case 'terminated':
      return {
        ...readOn,
        reason: event.reason,
        ...(event.hint === undefined ? {} : { hint: event.hint }),
      };
    default:
      return undefined;
  }
};

const appendLine = (log: readonly LogLine[], { time, source, message }: LogLine): LogLine[] => [
  ...(log.length < logLimit ? log : log.slice(log.length - logLimit + 1)),
  { time, source, message },
];
