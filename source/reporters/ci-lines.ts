import type { Writable } from 'node:stream';
import type { FleetEvent, InstanceEvent, NodeEvent, PhaseEvent } from '../events/event.ts';
import { cleanText } from '../ssh/clean-text.ts';
import { choosePaint } from './ci-colour.ts';
import { createLineWriter, type LineOptions } from './line-writer.ts';
import type { Reporter } from './reporter.ts';

export type CiLinesOptions = {
  /** Progress, machines and what nodes say, too. */
  readonly verbose: boolean;
  /** Such as `process.env`: NO_COLOR, FORCE_COLOR and TERM decide on colour together with the stream. */
  readonly environment: NodeJS.ProcessEnv;
  /** Hears, once, that the stream can't be written. */
  readonly onProblem?: (message: string) => void;
};

/** Log lines of a node that are shown when it fails. */
const logTail = 10;

/** The widest phase name. */
const wordWidth = 'configuring'.length;

/**
 * Writes events for people who read a log: local time, node, what happened. Every line stands for
 * itself, so that the log of a fleet can be searched for one node.
 *
 *     05:12:33 us-west-2-1  booting      i-0a1b2c3d4e5f67890, t3.medium in us-west-2a
 *     05:13:02 us-west-2-1  failed       in configuring: sensor.service is missing
 *     05:13:02 us-west-2-1  hint         add it to the payload, then: spot-tui push us-west-2-1
 */
export const createCiLines = (stream: Writable, options: CiLinesOptions): Reporter => {
  const { verbose, environment, onProblem } = options;
  const paint = choosePaint(stream, environment);
  const memory = new Map<string, NodeMemory>();
  let subjectWidth = 'spot-tui'.length;
  let fleetName = 'spot-tui';
  let now = 0;

  const writer = createLineWriter(stream, {
    onProblem,
    onGap: (count) => format(fleetName, 'warning', `${count} lines left out: too slow a reader`),
  });

  const format = (subject: string, word: string, text: string): string => {
    subjectWidth = Math.max(subjectWidth, subject.length);
    const columns = [subject.padEnd(subjectWidth), paint(word, word.padEnd(wordWidth))];
    return `${timeOfDay(now)} ${columns.join('  ')}  ${cleanText(text)}`.trimEnd();
  };

  const put = (subject: string, word: string, text: string, lineOptions?: LineOptions) => {
    writer.write(format(cleanText(subject), word, text), lineOptions);
  };

  const remember = ({ node }: NodeEvent): NodeMemory => {
    const known = memory.get(node) ?? { log: [], tenths: 0 };
    memory.set(node, known);
    return known;
  };

  const reportPhase = (event: PhaseEvent) => {
    const known = remember(event);
    switch (event.phase) {
      case 'failed': {
        put(event.node, 'failed', `in ${event.failedPhase}: ${event.reason}`);
        put(event.node, 'hint', event.hint);
        // What verbose output has shown need not be repeated.
        const output = event.output ?? (verbose ? [] : known.log);
        for (const line of output.slice(-logTail)) put(event.node, 'output', line);
        known.log = [];
        return;
      }
      case 'degraded':
        put(event.node, 'degraded', event.reason);
        put(event.node, 'hint', event.hint);
        return;
      case 'interrupted':
        put(
          event.node,
          'interrupted',
          event.deadline === undefined
            ? event.reason
            : `${event.reason} (until ${timeOfDay(event.deadline)})`,
        );
        return;
      case 'terminating':
      case 'terminated':
        put(event.node, event.phase, event.reason);
        return;
      default:
        if (event.attempt !== known.attempt) {
          known.attempt = event.attempt;
          known.begun = event.time;
          known.log = [];
        }
        known.tenths = 0;
        put(event.node, event.phase, phaseDetails(event, known));
    }
  };

  const report = (event: FleetEvent): void => {
    now = event.time;
    switch (event.event) {
      case 'fleet': {
        fleetName = event.deployment;
        const names = event.regions.map((region) => `${region}-${event.nodes}`.length);
        subjectWidth = Math.max(subjectWidth, fleetName.length, ...names);
        put(
          fleetName,
          event.command,
          `${counted(event.nodes, 'node')} in ${event.regions.join(', ')}`,
        );
        return;
      }
      case 'phase':
        reportPhase(event);
        return;
      case 'instance':
        remember(event).instance = event;
        if (verbose) put(event.node, 'instance', describeInstance(event));
        return;
      case 'progress': {
        if (!verbose) return;
        const known = remember(event);
        const tenths = Math.floor((10 * event.done) / Math.max(event.total, 1));
        if (tenths <= known.tenths) return;
        known.tenths = tenths;
        put(event.node, event.phase, `${tenths * 10} % of ${size(event.total)}`, {
          expendable: true,
        });
        return;
      }
      case 'log': {
        const text = `${event.source}: ${event.message}`;
        if (verbose) {
          put(event.node, 'log', text, { expendable: true });
          return;
        }
        const { log } = remember(event);
        log.push(text);
        if (log.length > logTail) log.shift();
        return;
      }
      case 'health':
        return;
      case 'action': {
        if (!verbose) return;
        const detail = event.detail === undefined ? '' : ` (${event.detail})`;
        const text = `${event.action} of ${counted(event.nodes.length, 'node')} by ${event.by}${detail}`;
        put(fleetName, event.state, text);
        return;
      }
      case 'action-result':
        if (verbose) put(event.node, event.action, `${event.status}: ${event.detail}`);
        return;
      case 'notice':
        put(event.region ?? fleetName, event.level, event.message);
        if (event.hint !== undefined) put(event.region ?? fleetName, 'hint', event.hint);
        return;
      case 'summary': {
        const counts = (['ready', 'failed', 'interrupted', 'terminated'] as const).flatMap(
          (name) => (event[name] > 0 || name === 'ready' ? `${event[name]} ${name}` : []),
        );
        const cost = `${event.elapsedSeconds} s and ${counted(event.apiCalls, 'EC2 request')}`;
        put(fleetName, 'summary', `${counts.join(', ')} after ${cost}`);
        return;
      }
      default:
        event satisfies never;
    }
  };

  return Object.assign(report, { flush: writer.flush });
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
};

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

const describeInstance = ({ instanceId, instanceType, zone, region }: InstanceEvent): string => {
  const type = instanceType === undefined ? '' : `, ${instanceType}`;
  return `${instanceId}${type} in ${zone ?? region}`;
};

const describeAddress = ({ address = '', sshPort = 22 }: InstanceEvent): string =>
  sshPort === 22 ? address : `${address} port ${sshPort}`;

const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

const size = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

const timeOfDay = (time: number): string => {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
};
