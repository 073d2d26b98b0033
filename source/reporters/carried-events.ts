import type { FleetEvent, NodeEvent } from '../events/event.ts';

/** Phases of a node's current attempt that are carried; a node that flaps has more. */
const phaseLimit = 24;

/** The events that add up to how the fleet stands, logs and notices aside. */
export type CarriedEvents = {
  add(event: FleetEvent): void;
  /** Each node's in the order in which they happened. */
  all(): FleetEvent[];
};

/**
 * Keeps what a later part of a recording begins with, so that it can be read when the parts before
 * it are gone. Holds a few dozen events per node.
 */
export const createCarriedEvents = (): CarriedEvents => {
  const nodes = new Map<string, CarriedNode>();
  const actions = new Map<number, CarriedAction>();
  let fleet: FleetEvent | undefined;
  const moves: FleetEvent[] = [];
  let summary: FleetEvent | undefined;

  const addToNode = (event: NodeEvent) => {
    if (event.event === 'moved') {
      nodes.delete(event.node);
      moves.push(event);
      return;
    }
    const node = nodes.get(event.node) ?? { phases: [], attempt: 1 };
    nodes.set(event.node, node);
    switch (event.event) {
      case 'instance':
        node.instance = event;
        return;
      case 'health':
        node.health = event;
        return;
      case 'phase':
        if ('attempt' in event && event.attempt !== node.attempt) {
          node.attempt = event.attempt;
          node.phases = [];
        }
        node.phases.push(event);
        if (node.phases.length > phaseLimit) node.phases.shift();
        return;
      case 'action-result':
        actions.get(event.id)?.results.set(event.node, event);
        return;
      case 'progress':
      case 'log':
        return;
      default:
        event satisfies never;
    }
  };

  return {
    add: (event) => {
      if ('node' in event) {
        addToNode(event);
      } else if (event.event === 'fleet') {
        fleet = event;
      } else if (event.event === 'summary') {
        summary = event;
      } else if (event.event === 'action') {
        if (event.state === 'started') actions.set(event.id, { event, results: new Map() });
        else actions.delete(event.id);
      }
    },
    all: () => [
      ...(fleet === undefined ? [] : [fleet]),
      ...moves,
      ...[...nodes.values()].flatMap(({ health, instance, phases }) => [
        ...(instance === undefined ? [] : [instance]),
        ...phases,
        ...(health === undefined ? [] : [health]),
      ]),
      ...[...actions.values()].flatMap(({ event, results }) => [event, ...results.values()]),
      ...(summary === undefined ? [] : [summary]),
    ],
  };
};

type CarriedNode = {
  instance?: FleetEvent;
  health?: FleetEvent;
  phases: FleetEvent[];
  attempt: number;
};

/** An action that is not over, with the newest that is known of each of its nodes. */
type CarriedAction = {
  readonly event: FleetEvent;
  readonly results: Map<string, FleetEvent>;
};
