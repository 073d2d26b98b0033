import type {
  FleetEvent,
  InstanceEvent,
  NodeEvent,
  PhaseEvent,
  SummaryEvent,
} from '../events/event.ts';
import { isSettled, type Phase } from '../events/phase.ts';
import { readOn, type Topic } from '../events/topic.ts';
import { topicOfEvent, topicOfPhase } from '../events/topic-of-phase.ts';
import { isReplaced } from '../fleet/is-replaced.ts';
import {
  counted,
  describeAddress,
  describeCost,
  describeInstance,
  reasonOf,
  size,
} from './event-words.ts';
import { notReadyTable } from './not-ready-table.ts';

/** What one line of a CI log says: about whom, what happened in a word, and the details. */
export type CiLine = {
  readonly subject: string;
  readonly word: string;
  readonly text: string;
  /** May be left out when the reader is far behind. */
  readonly expendable?: true;
};

export type NarratorOptions = {
  /** Progress, machines and what nodes say, too. */
  readonly verbose: boolean;
  /** Where the run is recorded: named at the end. */
  readonly recording?: string | undefined;
};

/** Log lines of a node that are shown when it fails. */
const logTail = 10;

/** Tells events in the words of a CI log: a line for each phase, more where something went wrong. */
export const createNarrator = ({
  verbose,
  recording,
}: NarratorOptions): ((event: FleetEvent) => readonly CiLine[]) => {
  const memory = new Map<string, NodeMemory>();
  /** Who failed first with such an output. */
  const outputs = new Map<string, string>();
  /** What errors about the fleet as a whole were about. */
  const told = new Set<Topic | undefined>();
  let fleetName = 'spot-tui';
  let goal: 'ready' | 'terminated' = 'ready';

  const remember = ({ node }: NodeEvent): NodeMemory => {
    const known = memory.get(node) ?? { log: [], tenths: 0 };
    memory.set(node, known);
    return known;
  };

  /** A fleet often fails in one way: the same output need not be read a hundred times. */
  const tellOutput = (node: string, lines: readonly string[]): CiLine[] => {
    const text = lines.join('\n');
    const first = outputs.get(text) ?? node;
    outputs.set(text, first);
    const told = first === node || lines.length < 2 ? lines : [`the same as of ${first}`];
    return told.map((line) => ({ subject: node, word: 'output', text: line }));
  };

  const tellPhase = (event: PhaseEvent): CiLine[] => {
    const { node, phase } = event;
    const known = remember(event);
    const before = known.standing;
    known.standing = { phase, reason: reasonOf(event), topic: topicOfEvent(event) };
    switch (event.phase) {
      case 'failed': {
        const output = event.output ?? [];
        // What verbose output has shown need not be repeated.
        const lines = output.length > 0 || verbose ? output : known.log;
        known.log = [];
        return [
          { subject: node, word: 'failed', text: reasonOf(event) },
          { subject: node, word: 'hint', text: event.hint },
          ...tellOutput(node, lines.slice(-logTail)),
        ];
      }
      case 'degraded':
        return [
          { subject: node, word: phase, text: event.reason },
          { subject: node, word: 'hint', text: event.hint },
        ];
      case 'interrupted':
      case 'terminating':
      case 'terminated':
        return [
          { subject: node, word: phase, text: reasonOf(event) },
          ...(event.hint === undefined ? [] : [{ subject: node, word: 'hint', text: event.hint }]),
        ];
      default:
        if (event.attempt !== known.attempt) {
          known.attempt = event.attempt;
          known.begun = event.time;
          known.log = [];
        }
        known.tenths = 0;
        // Without a new attempt a node is only ready again by itself, or because somebody saw to it.
        if (phase === 'ready' && (before?.phase === 'degraded' || before?.phase === 'failed')) {
          return [{ subject: node, word: phase, text: `again, no longer ${before.phase}` }];
        }
        return [{ subject: node, word: phase, text: phaseDetails(event, known) }];
    }
  };

  const tellInstance = (event: InstanceEvent): CiLine[] => {
    const known = remember(event);
    const { hostKey, replacedBy } = known.instance ?? {};
    known.instance = event;
    const isNews = event.replacedBy !== undefined && event.replacedBy !== replacedBy;
    const { hostKeyFingerprint = 'its key', node } = event;
    const isPinned = event.hostKey === 'pinned' && hostKey !== 'pinned';
    return [
      ...(verbose ? [{ subject: node, word: 'instance', text: describeInstance(event) }] : []),
      ...(isNews
        ? [{ subject: node, word: 'replaced', text: `${event.replacedBy} has its place` }]
        : []),
      ...(isPinned
        ? [
            {
              subject: node,
              word: 'unverified',
              text: `host key: nobody vouches for ${hostKeyFingerprint}, it was trusted at first sight`,
            },
          ]
        : []),
    ];
  };

  const tellNotReady = (): CiLine[] => {
    const rows = [...memory].flatMap(([node, { instance, log, standing }]) =>
      standing === undefined ||
      standing.phase === goal ||
      isReplaced({ phase: standing.phase, ...placeOf(instance) })
        ? []
        : {
            node,
            instance,
            ...standing,
            ...(isSettled(standing.phase) ? {} : onItsWay(standing, log)),
          },
    );
    const word = goal === 'ready' ? 'not ready' : 'not gone';
    const more = readOn([...rows.map(({ topic }) => topic), ...told]);
    return [
      ...(rows.length === 0 ? [] : notReadyTable(rows)).map((text) => ({
        subject: fleetName,
        word,
        text,
      })),
      ...(more === '' ? [] : [{ subject: fleetName, word: 'more', text: more }]),
    ];
  };

  const tellSummary = (event: SummaryEvent): CiLine[] => {
    const unfinished = [...memory.values()].filter(
      ({ standing }) => standing !== undefined && !isSettled(standing.phase),
    ).length;
    const counts = Object.entries({
      ready: event.ready,
      failed: event.failed,
      interrupted: event.interrupted,
      terminated: event.terminated,
      replaced: event.replaced ?? 0,
      unfinished,
    }).flatMap(([name, count]) => (count > 0 || name === 'ready' ? `${count} ${name}` : []));
    const cost = `${event.elapsedSeconds} s and ${counted(event.apiCalls, 'EC2 request')}${describeCost(event)}`;
    return [
      ...tellNotReady(),
      ...(recording === undefined
        ? []
        : [{ subject: fleetName, word: 'recorded', text: recording }]),
      { subject: fleetName, word: 'summary', text: `${counts.join(', ')} after ${cost}` },
    ];
  };

  return (event) => {
    switch (event.event) {
      case 'fleet': {
        fleetName = event.deployment;
        if (event.command === 'destroy') goal = 'terminated';
        const text = `${counted(event.nodes, 'node')} in ${event.regions.join(', ')}`;
        return [{ subject: fleetName, word: event.command, text }];
      }
      case 'phase':
        return tellPhase(event);
      case 'instance':
        return tellInstance(event);
      case 'moved':
        memory.delete(event.node);
        return [{ subject: event.node, word: 'moved', text: `to ${event.to}: ${event.reason}` }];
      case 'progress': {
        if (!verbose) return [];
        const known = remember(event);
        const tenths = Math.floor((10 * event.done) / Math.max(event.total, 1));
        if (tenths <= known.tenths) return [];
        known.tenths = tenths;
        const text = `${tenths * 10} % of ${size(event.total)}`;
        return [{ subject: event.node, word: event.phase, text, expendable: true }];
      }
      case 'log': {
        const text = `${event.source}: ${event.message}`;
        if (verbose) return [{ subject: event.node, word: 'log', text, expendable: true }];
        const { log } = remember(event);
        log.push(text);
        if (log.length > logTail) log.shift();
        return [];
      }
      case 'health':
        return [];
      case 'action': {
        if (!verbose) return [];
        const detail = event.detail === undefined ? '' : ` (${event.detail})`;
        const text = `${event.action} of ${counted(event.nodes.length, 'node')} by ${event.by}${detail}`;
        return [{ subject: fleetName, word: event.state, text }];
      }
      case 'action-result': {
        if (!verbose) return [];
        const text = `${event.status}: ${event.detail}`;
        return [{ subject: event.node, word: event.action, text }];
      }
      case 'notice': {
        const subject = event.region ?? fleetName;
        if (event.level === 'error') told.add(event.topic);
        return [
          { subject, word: event.level, text: event.message },
          ...(event.hint === undefined ? [] : [{ subject, word: 'hint', text: event.hint }]),
        ];
      }
      case 'summary':
        return tellSummary(event);
      default:
        return event satisfies never;
    }
  };
};

type NodeMemory = {
  /** Its newest log lines, where they have not been shown. */
  log: string[];
  /** Tenths of the current transfer that were shown. */
  tenths: number;
  instance?: InstanceEvent;
  attempt?: number;
  /** When the current attempt began; milliseconds since the Unix epoch. */
  begun?: number;
  /** Where it is, and why. */
  standing?: {
    readonly phase: Phase;
    readonly reason: string;
    readonly topic: Topic | undefined;
  };
};

/** What is known of a node that was still at it: the last that was heard of it. */
const onItsWay = (
  { phase, reason }: { readonly phase: Phase; readonly reason: string },
  log: readonly string[],
): { readonly reason: string; readonly topic: Topic } => {
  const last = log.at(-1);
  return {
    reason: reason === '' && last !== undefined ? `not done; last: ${last}` : reason,
    topic: topicOfPhase(phase),
  };
};

const placeOf = (instance: InstanceEvent | undefined): Pick<InstanceEvent, 'replacedBy'> =>
  instance?.replacedBy === undefined ? {} : { replacedBy: instance.replacedBy };

const phaseDetails = (
  event: Extract<PhaseEvent, { attempt: number }>,
  { instance, begun = event.time }: NodeMemory,
): string => {
  switch (event.phase) {
    case 'pending':
      return event.attempt > 1 ? `attempt ${event.attempt}` : '';
    case 'booting':
      return instance === undefined ? (event.instanceId ?? '') : describeInstance(instance);
    case 'connecting':
      return instance === undefined ? '' : describeAddress(instance);
    case 'ready':
      return `after ${Math.round((event.time - begun) / 1_000)} s`;
    default:
      return '';
  }
};
