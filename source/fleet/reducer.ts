import type { FleetEvent, NodeEvent } from '../events/event.ts';
import { addResult, type ResultCopies, reduceActions } from './reduce-actions.ts';
import { reduceNode, unknownNode } from './reduce-node.ts';
import type { FleetState, NodeState } from './state.ts';

/** Notices that the state keeps. */
const noticeLimit = 50;

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
            ...(event.topic === undefined ? {} : { topic: event.topic }),
          },
        ],
      };
    case 'action':
      return { ...state, actions: reduceActions(state.actions, event) };
    case 'summary':
      return { ...state, summary: event };
    default:
      return event satisfies never;
  }
};
