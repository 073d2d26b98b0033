import type {
  ActionEvent,
  ActionName,
  FleetEvent,
  FleetStartedEvent,
  InstanceEvent,
  PhaseEvent,
} from '../events/event.ts';
import type { ActionEntry, CommandEntry, HistoryEntry } from './history-entry.ts';

/** An event with the run that recorded it. */
export type EventOfRun = { readonly run: string; readonly event: FleetEvent };

/** Kinds of events that a fleet's past is made of. */
export const historyKinds = [
  'fleet',
  'summary',
  'instance',
  'moved',
  'phase',
  'action',
  'action-result',
] as const satisfies readonly FleetEvent['event'][];

/** Whether an event says something that the past is made of. */
export const isNotable = (event: FleetEvent): boolean => {
  switch (event.event) {
    case 'fleet':
    case 'summary':
    case 'instance':
    case 'moved':
    case 'action':
      return true;
    case 'action-result':
      return event.status === 'succeeded' || event.status === 'failed';
    case 'phase':
      switch (event.phase) {
        case 'ready':
        case 'failed':
        case 'degraded':
        case 'interrupted':
        case 'terminating':
        case 'terminated':
          return true;
        default:
          return false;
      }
    case 'progress':
    case 'log':
    case 'health':
    case 'notice':
      return false;
    default:
      return event satisfies never;
  }
};

/**
 * The past that events of several runs add up to, oldest first. What several runs saw, as those do
 * that are attached to the same fleet, is there once: a launch, an interruption and an end once per
 * instance, a trouble until the node recovers, gets another reason, or somebody does something
 * about it.
 *
 * @param events In the order of their times.
 */
export const historyOf = (events: Iterable<EventOfRun>): HistoryEntry[] => {
  const past = new Past();
  for (const each of events) past.add(each);
  return past.entries();
};

/** Commands that do what an action does, which then says more about it. */
const actionOfCommand: ReadonlyMap<string, ActionName> = new Map([
  ['configure', 'configure'],
  ['push', 'push'],
  ['destroy', 'terminate'],
]);

class Past {
  readonly #entries = new Set<HistoryEntry>();
  readonly #instances = new Set<string>();
  /** Instances that are gone, or going. */
  readonly #ended = new Set<string>();
  readonly #nodes = new Map<string, NodePast>();
  readonly #commands = new Map<string, Draft<CommandEntry>>();
  readonly #actions = new Map<string, DraftAction>();

  entries(): HistoryEntry[] {
    return [...this.#entries].sort((a, b) => a.time - b.time);
  }

  add({ event, run }: EventOfRun): void {
    switch (event.event) {
      case 'fleet':
        this.#begin(event, run);
        return;
      case 'summary': {
        const command = this.#commands.get(run);
        if (command !== undefined) command.summary = event;
        return;
      }
      case 'action':
        this.#act(event, run);
        return;
      case 'action-result': {
        const action = this.#actions.get(`${run} ${event.id}`);
        if (event.status === 'succeeded') action?.succeeded.push(event.node);
        if (event.status === 'failed') action?.failed.push(event.node);
        return;
      }
      case 'instance':
        this.#see(event, run);
        return;
      case 'moved': {
        const { node, reason, time, to } = event;
        this.#nodes.delete(node);
        this.#entries.add({ event: 'moved', time, run, node, to, reason });
        return;
      }
      case 'phase':
        this.#enter(event, run);
        return;
      case 'progress':
      case 'log':
      case 'health':
      case 'notice':
        return;
      default:
        event satisfies never;
    }
  }

  #begin({ by, command, nodes, time }: FleetStartedEvent, run: string): void {
    // Looking changes nothing.
    if (command === 'attach') return;
    for (const node of this.#nodes.values()) node.isTended = true;
    const entry: Draft<CommandEntry> = {
      event: 'command',
      time,
      run,
      command,
      nodes,
      ...(by === undefined ? {} : { by }),
    };
    this.#entries.add(entry);
    this.#commands.set(run, entry);
  }

  #act({ action, by, detail, failure, id, nodes, state, time }: ActionEvent, run: string): void {
    const known = this.#actions.get(`${run} ${id}`);
    if (known !== undefined) {
      known.state = state;
      if (failure !== undefined) known.failure = failure;
      return;
    }
    for (const name of nodes) this.#node(name).isTended = true;
    const command = this.#commands.get(run);
    if (command !== undefined && actionOfCommand.get(command.command) === action) {
      this.#entries.delete(command);
    }
    const entry: DraftAction = {
      event: 'action',
      time,
      run,
      action,
      nodes,
      by,
      ...(detail === undefined ? {} : { detail }),
      ...(failure === undefined ? {} : { failure }),
      state,
      succeeded: [],
      failed: [],
    };
    this.#entries.add(entry);
    this.#actions.set(`${run} ${id}`, entry);
  }

  #see(event: InstanceEvent, run: string): void {
    const {
      instanceId,
      instanceType,
      launchedAt,
      lifecycle,
      node: name,
      region,
      time,
      zone,
    } = event;
    const node = this.#node(name);
    if (node.instanceId !== instanceId) {
      this.#nodes.set(name, { instanceId, isTended: false });
    }
    if (this.#instances.has(instanceId)) return;
    this.#instances.add(instanceId);
    this.#entries.add({
      event: 'launched',
      time: launchedAt ?? time,
      run,
      node: name,
      instanceId,
      region,
      ...(instanceType === undefined ? {} : { instanceType }),
      ...(lifecycle === undefined ? {} : { lifecycle }),
      ...(zone === undefined ? {} : { zone }),
    });
  }

  #enter(event: PhaseEvent, run: string): void {
    const node = this.#node(event.node);
    const { instanceId, trouble } = node;
    const entry = {
      time: event.time,
      run,
      node: event.node,
      ...(instanceId === undefined ? {} : { instanceId }),
    };
    switch (event.phase) {
      case 'ready':
        if (trouble === undefined) return;
        delete node.trouble;
        this.#entries.add({
          ...entry,
          event: 'recovered',
          reason: trouble.reason,
          after: event.time - trouble.since,
        });
        return;
      case 'failed':
      case 'degraded': {
        const { hint, phase, reason } = event;
        const isKnown = trouble?.reason === reason && trouble.phase === phase;
        if (isKnown && !node.isTended) return;
        node.trouble = { phase, reason, since: trouble?.since ?? event.time };
        node.isTended = false;
        this.#entries.add(
          phase === 'failed'
            ? { ...entry, event: phase, failedPhase: event.failedPhase, reason, hint }
            : { ...entry, event: phase, reason, hint },
        );
        return;
      }
      case 'interrupted':
      case 'terminating':
      case 'terminated':
        // What ends an instance is told once, by whoever knows it first.
        if (this.#ended.has(instanceId ?? event.node)) return;
        this.#ended.add(instanceId ?? event.node);
        delete node.trouble;
        this.#entries.add({
          ...entry,
          event: event.phase === 'interrupted' ? 'interrupted' : 'terminated',
          reason: event.reason,
        });
        return;
      default:
        return;
    }
  }

  #node(name: string): NodePast {
    const node = this.#nodes.get(name) ?? { isTended: false };
    this.#nodes.set(name, node);
    return node;
  }
}

type NodePast = {
  readonly instanceId?: string;
  trouble?: {
    readonly phase: PhaseEvent['phase'];
    readonly reason: string;
    readonly since: number;
  };
  /** Whether somebody has done something about the node since it got into trouble. */
  isTended: boolean;
};

type Draft<Value> = { -readonly [Name in keyof Value]: Value[Name] };

type DraftAction = Omit<Draft<ActionEntry>, 'succeeded' | 'failed'> & {
  readonly succeeded: string[];
  readonly failed: string[];
};
