import type { NodeLogLine } from '../fleet/actions.ts';
import type { LogLine } from '../fleet/state.ts';
import { parseEventLine } from './parse-event.ts';
import { readPart } from './read-part.ts';
import type { RecordedPart, RecordedRun } from './recorded-runs.ts';

export type RecordedLogOptions = {
  /** Lines at most: the newest. */
  readonly limit: number;
  /** Only of this source, such as a unit without `.service`. */
  readonly source?: string;
  readonly signal?: AbortSignal;
};

export type RecordedLog = {
  /** Oldest first, those of the newest run last. */
  readonly lines: readonly NodeLogLine[];
  /** Runs that said something, newest first. */
  readonly runs: readonly RecordedRun[];
};

/**
 * What was recorded of one node, over several runs. A line that several runs recorded, as those do
 * that attach to the same node, is there once.
 *
 * @param runs Newest first, as `listRuns` gives them.
 * @param word The node's name, the id of an instance, or an address that it had.
 * @throws RecordingError, and the signal's reason once that aborts.
 */
export const readRecordedLog = async (
  runs: readonly RecordedRun[],
  word: string,
  { limit, signal, source }: RecordedLogOptions,
): Promise<RecordedLog> => {
  const seen = new Set<string>();
  const blocks: NodeLogLine[][] = [];
  const found: RecordedRun[] = [];
  let count = 0;
  for (const run of runs) {
    if (count >= limit) break;
    const lines: NodeLogLine[] = [];
    for (const line of await readLogOf(run.parts, word, { limit, signal, source })) {
      const key = `${line.time} ${line.source} ${line.message}`;
      if (seen.has(key)) continue;
      lines.push(line);
    }
    // A program may well say the same twice within a run.
    for (const line of lines) seen.add(`${line.time} ${line.source} ${line.message}`);
    if (lines.length === 0) continue;
    count += lines.length;
    blocks.unshift(lines);
    found.push(run);
  }
  return { lines: blocks.flat().slice(-limit), runs: found };
};

/**
 * The newest lines of a node's log from one run, oldest first. Holds no more than `limit` of them;
 * of a run in many parts it reads only the last ones that it takes.
 *
 * @param node The node's name.
 * @throws RecordingError, and the signal's reason once that aborts.
 */
export const readNodeLog = async (
  parts: readonly RecordedPart[],
  node: string,
  limit: number,
  signal?: AbortSignal,
): Promise<readonly LogLine[]> => {
  let found: LogLine[] = [];
  for (const part of parts.toReversed()) {
    const lines = await logOfPart(part, { isMeant: (name) => name === node, limit, signal });
    found = [...lines.map(({ node: _node, ...line }) => line), ...found].slice(-limit);
    if (found.length >= limit) break;
  }
  return found;
};

type LogOptions = {
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
  readonly source: string | undefined;
};

/** Forwards, because only the machines seen so far tell whose line it is. */
const readLogOf = async (
  parts: readonly RecordedPart[],
  word: string,
  { limit, signal, source }: LogOptions,
): Promise<NodeLogLine[]> => {
  /** Nodes that are at present what the word means. */
  const meant = new Set([word]);
  let found: NodeLogLine[] = [];
  for (const part of parts) {
    const lines = await logOfPart(part, {
      isMeant: (name) => meant.has(name),
      onMachine: (node, names) => {
        if (names.includes(word)) meant.add(node);
        else if (node !== word) meant.delete(node);
      },
      limit,
      signal,
      source,
    });
    found = [...found, ...lines].slice(-limit);
  }
  return found;
};

const logOfPart = async (
  part: RecordedPart,
  {
    isMeant,
    limit,
    onMachine,
    signal,
    source,
  }: {
    readonly isMeant: (node: string) => boolean;
    /** Hears of a node's machine: its id and its addresses. */
    readonly onMachine?: (node: string, names: readonly (string | undefined)[]) => void;
    readonly limit: number;
    readonly signal: AbortSignal | undefined;
    readonly source?: string | undefined;
  },
): Promise<NodeLogLine[]> => {
  const found: NodeLogLine[] = [];
  for await (const { lines } of readPart(part, signal)) {
    for (const line of lines) {
      const [, kind, node] = lineStart.exec(line) ?? [];
      if (kind === 'log' && !(node !== undefined && isMeant(node))) continue;
      if (kind === 'instance' && onMachine === undefined) continue;
      if (kind !== 'log' && kind !== 'instance') continue;
      const parsed = parseEventLine(line);
      if (!('event' in parsed)) continue;
      const { event } = parsed;
      if (event.event === 'instance') {
        const { address, instanceId, privateAddress, publicAddress } = event;
        onMachine?.(event.node, [instanceId, address, publicAddress, privateAddress]);
      } else if (event.event === 'log' && (source === undefined || event.source === source)) {
        const { message, node, source, time } = event;
        found.push({ node, time, source, message });
        if (found.length >= 2 * limit) found.splice(0, limit);
      }
    }
  }
  return found.slice(-limit);
};

/** How a recorder begins its lines: most of them are of other nodes, and need not be parsed. */
const lineStart = /^\{"time":"[^"]*","event":"(log|instance)","node":"([^"\\]*)",/;
