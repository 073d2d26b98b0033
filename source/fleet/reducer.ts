import type {
  ActionEvent,
  ActionResultEvent,
  FleetEvent,
  MovedEvent,
  NodeEvent,
  PhaseEvent,
} from '../events/event.ts';
import { isSettled } from '../events/phase.ts';
import { topicOfEvent } from '../events/topic-of-phase.ts';
import { keepOutputs, sizeOfOutput } from './kept-outputs.ts';
import type {
  ActionResult,
  ActionState,
  FleetState,
  LogLine,
  NodeState,
  Timeline,
  TimelineEntry,
  Trouble,
} from './state.ts';

/** Log lines that the state keeps per node; the full log is on disk. */
export const logLimit = 200;

/** Notices that the state keeps. */
const noticeLimit = 50;

/** Actions that the state keeps. */
const actionLimit = 50;

/** Earlier attempts that the state keeps per node. */
const attemptLimit = 10;

/** Phases that the state keeps of an attempt since it settled: a node may come and go for days. */
export const changeLimit = 20;

/** A fleet of which nothing is known yet. */
export const emptyFleet: FleetState = {
  deployment: '',
  command: '',
  regions: [],
  nodes: new Map(),
  moved: new Map(),
  notices: [],
  actions: [],
};

/**
 * The state after an event. Pure: reads no clock, and everything that the event does not touch is
 * the same object as before, so that views can tell by identity what changed.
 */
export const reduce = (state: FleetState, event: FleetEvent): FleetState =>
  reduceAll(state, [event]);

/** The state after several events: the same as one by one, for the price of one copy of the fleet. */
export const reduceAll = (state: FleetState, events: readonly FleetEvent[]): FleetState => {
  let fleet = state;
  let nodes: Map<string, NodeState> | undefined;
  const copies: ResultCopies = new Map();
  for (const event of events) {
    if (event.event === 'action-result') {
      // Somebody may have asked for a node that is not there.
      fleet = { ...fleet, actions: addResult(fleet.actions, event, copies) };
    } else if (event.event === 'moved') {
      nodes ??= new Map(state.nodes);
      nodes.delete(event.node);
      fleet = { ...fleet, moved: new Map(fleet.moved).set(event.node, event.to) };
    } else if ('node' in event) {
      nodes ??= new Map(state.nodes);
      const before = nodes.get(event.node) ?? unknownNode(event);
      nodes.set(event.node, reduceNode(before, event));
    } else {
      fleet = reduceFleet(fleet, event);
    }
  }
  return nodes === undefined ? fleet : { ...fleet, nodes };
};

const reduceFleet = (state: FleetState, event: Exclude<FleetEvent, NodeEvent>): FleetState => {
  switch (event.event) {
    case 'fleet':
      return {
        ...state,
        deployment: event.deployment,
        command: event.command,
        regions: event.regions,
        startedAt: state.startedAt ?? event.time,
      };
    case 'notice':
      return {
        ...state,
        notices: [
          ...state.notices.slice(1 - noticeLimit),
          {
            time: event.time,
            level: event.level,
            message: event.message,
            ...(event.hint === undefined ? {} : { hint: event.hint }),
          },
        ],
      };
    case 'action':
      return { ...state, actions: reduceAction(state.actions, event) };
    case 'summary':
      return { ...state, summary: event };
    default:
      return event satisfies never;
  }
};

const reduceAction = (
  actions: readonly ActionState[],
  { event: _event, time, ...asked }: ActionEvent,
): readonly ActionState[] => {
  if (asked.state === 'started') {
    const action = { ...asked, startedAt: time, results: new Map() };
    return [...actions.slice(1 - actionLimit), action];
  }
  return actions.map((action) =>
    action.id === asked.id ? { ...action, ...asked, endedAt: time } : action,
  );
};

/** Results that are this call's own to change, by themselves: one copy of each is enough. */
type ResultCopies = Map<ActionState['results'], Map<string, ActionResult>>;

const addResult = (
  actions: readonly ActionState[],
  { event: _event, action: _action, id, node, ...result }: ActionResultEvent,
  copies: ResultCopies,
): readonly ActionState[] => {
  const size = sizeOfOutput(result);
  const added = actions.map((action) => {
    if (action.id !== id) return action;
    const results = copies.get(action.results) ?? new Map(action.results);
    copies.set(results, results);
    results.set(node, result);
    if (size === 0) return { ...action, results };
    return { ...action, results, outputSize: (action.outputSize ?? 0) + size };
  });
  return size === 0 ? added : keepOutputs(added);
};

/** An event that changes what is known of a node. */
type StateEvent = Exclude<NodeEvent, ActionResultEvent | MovedEvent>;

const unknownNode = (event: StateEvent): NodeState => ({
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

const reduceNode = (node: NodeState, event: StateEvent): NodeState => {
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
