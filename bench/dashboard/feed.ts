import type { FleetEvent } from '../../source/events/event.ts';
import type { PipelinePhase } from '../../source/events/phase.ts';

export type FeedOptions = {
  readonly nodes: number;
  /** Share of the nodes that enter another phase in a second. */
  readonly changing: number;
  /** Log lines a second, of nodes by chance. */
  readonly lines: number;
};

/** What a fleet does, made up: the same for the same options, but for the time. */
export interface Feed {
  /** Events after which every node is ready. */
  begin(time: number): readonly FleetEvent[];
  /** Events of as many milliseconds. */
  advance(elapsed: number, time: number): readonly FleetEvent[];
}

const regions = ['eu-central-1', 'us-east-1', 'us-west-2', 'ap-southeast-2'];

const sources = ['cloud-init', 'docker', 'bacalhau', 'sensor', 'spot-tui'];

/** What a node that is configured goes through once more. */
const steps = [
  'uploading',
  'cloud-init',
  'configuring',
  'verifying',
  'ready',
] as const satisfies readonly PipelinePhase[];

const firstSteps = ['pending', 'launching', 'booting', 'connecting', ...steps] as const;

/** The name of a node by its number, from 0: they are spread over the regions in turns. */
export const nodeName = (index: number): string =>
  `${regions[index % regions.length]}-${Math.floor(index / regions.length) + 1}`;

export const regionOf = (index: number): string => regions[index % regions.length] ?? '';

/**
 * A feed in which nodes are configured again or become degraded and well. Only nodes in America
 * become degraded, and so move to the top of the table: the others, of which the first by name are,
 * keep their neighbours, and a key that goes from one to the next always has something to change.
 */
export const createFeed = ({ nodes, changing, lines }: FeedOptions): Feed => {
  const random = createRandom(1);
  const pick = () => Math.floor(random() * nodes);
  const states = Array.from({ length: nodes }, () => ({ step: 0, attempt: 1, isDegraded: false }));
  let changesDue = 0;
  let linesDue = 0;
  let lineNumber = 0;

  const change = (index: number, time: number): FleetEvent => {
    const node = nodeName(index);
    const region = regionOf(index);
    const state = states[index] ?? { step: 0, attempt: 1, isDegraded: false };
    const ready = { event: 'phase', time, node, region, phase: 'ready' } as const;
    if (state.isDegraded) {
      state.isDegraded = false;
      return { ...ready, attempt: state.attempt };
    }
    if (state.step === 0 && region.startsWith('us-') && random() < 0.5) {
      state.isDegraded = true;
      const reason = 'docker.service: activating instead of active';
      const hint = 'look at its log, or configure the node again';
      return { event: 'phase', time, node, phase: 'degraded', reason, hint };
    }
    if (state.step === 0) state.attempt++;
    const phase = steps[state.step] ?? 'ready';
    state.step = (state.step + 1) % steps.length;
    return { ...ready, phase, attempt: state.attempt };
  };

  const say = (time: number): FleetEvent => {
    const number = lineNumber++;
    return {
      event: 'log',
      time,
      node: nodeName(pick()),
      source: sources[number % sources.length] ?? '',
      message: `request ${number} of batch ${Math.floor(number / 97)} took ${Math.floor(random() * 900)} ms, ${Math.floor(random() * 4096)} kB read`,
    };
  };

  return {
    begin(time) {
      const start = { event: 'fleet', deployment: 'bench', command: 'create', regions } as const;
      return [
        { ...start, time, nodes },
        ...states.flatMap((_state, index) => beginNode(index, time)),
      ];
    },
    advance(elapsed, time) {
      changesDue += (nodes * changing * elapsed) / 1000;
      linesDue += (lines * elapsed) / 1000;
      const events: FleetEvent[] = [];
      for (; changesDue >= 1; changesDue--) events.push(change(pick(), time));
      for (; linesDue >= 1; linesDue--) events.push(say(time));
      return events;
    },
  };
};

/** What is told of a node until it is ready. */
export const beginNode = (index: number, time: number): readonly FleetEvent[] => {
  const node = nodeName(index);
  const region = regionOf(index);
  const number = index.toString(16).padStart(8, '0');
  const facts: FleetEvent = {
    event: 'instance',
    time,
    node,
    region,
    instanceId: `i-0abc56789${number}`,
    zone: `${region}${'abc'[Math.floor(index / regions.length) % 3]}`,
    instanceType: 't3.medium',
    lifecycle: 'spot',
    address: `198.51.${Math.floor(index / 250)}.${(index % 250) + 1}`,
    pricePerHour: 0.0125,
    launchedAt: time,
    hostKey: 'verified',
  };
  const phases = firstSteps.map(
    (phase): FleetEvent => ({ event: 'phase', time, node, region, phase, attempt: 1 }),
  );
  return [...phases.slice(0, 3), facts, ...phases.slice(3)];
};

/** Numbers from 0 up to 1, the same ones each time (mulberry32). */
const createRandom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
