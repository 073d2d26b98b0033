import type { NodeLogLine } from '../../fleet/actions.ts';
import type { LogLine, NodeState } from '../../fleet/state.ts';
import type { FleetStore } from '../../fleet/store.ts';
import { createStore } from '../store.ts';
import type { LogFeed, LogFeedState } from './log-feed.ts';

export type NodeFeedOptions = {
  readonly node: string;
  readonly fleet: FleetStore;
  /** The node's log since the beginning of this run, where that is recorded; oldest first. */
  readonly readLog?: ((node: string) => Promise<readonly LogLine[]>) | undefined;
};

/** Lines that are kept; older ones are dropped. */
export const nodeFeedLimit = 20_000;

/**
 * A node's own log: what was recorded of this run, followed by what the fleet's state hears. The
 * state only has the last lines, but it counts all, which tells what is new in it.
 */
export const createNodeFeed = ({ node: name, fleet, readLog }: NodeFeedOptions): LogFeed => {
  const first = fleet.getState().nodes.get(name);
  const store = createStore<LogFeedState, LogFeedState>(
    { ...linesOf(name, first), problems: [], isLive: isLive(first) },
    (_before, after) => after,
  );
  let logged = first?.logged ?? 0;
  let isClosed = false;

  const follow = () => {
    const node = fleet.getState().nodes.get(name);
    // A node that is gone keeps its page.
    if (node === undefined) return;
    const state = store.getState();
    if (node.logged === logged && state.isLive === isLive(node)) return;
    // A recording that is played may go back.
    const next =
      node.logged < logged ? linesOf(name, node) : append(state, freshLines(node, logged));
    logged = node.logged;
    store.dispatch({ ...state, ...next, isLive: isLive(node) });
  };
  const stop = fleet.subscribe(follow);

  const readPast = async () => {
    try {
      const past = await readLog?.(name);
      if (isClosed || past === undefined) return;
      follow();
      const state = store.getState();
      store.dispatch({ ...state, ...prepend(state, ofNode(name, past)) });
    } catch (error) {
      if (isClosed) return;
      const reason = error instanceof Error ? error.message : String(error);
      const problem = `what was recorded before can't be read: ${reason}`;
      store.dispatch({ ...store.getState(), problems: [problem] });
    }
  };
  void readPast();

  return {
    ...store,
    close() {
      isClosed = true;
      stop();
    },
  };
};

type Lines = Pick<LogFeedState, 'lines' | 'dropped'>;

const isLive = (node: NodeState | undefined): boolean => node?.phase !== 'terminated';

const ofNode = (node: string, lines: readonly LogLine[]): NodeLogLine[] =>
  lines.map(({ time, source, message }) => ({ node, time, source, message }));

const linesOf = (name: string, node: NodeState | undefined): Lines =>
  node === undefined
    ? { lines: [], dropped: 0 }
    : { lines: ofNode(name, node.log), dropped: node.logged - node.log.length };

/** What the node logged beyond the first `logged` lines. */
const freshLines = (node: NodeState, logged: number): NodeLogLine[] => {
  const count = node.logged - logged;
  const lines = count > 0 ? ofNode(node.name, node.log.slice(-count)) : [];
  const missed = count - lines.length;
  const [next] = lines;
  if (missed <= 0 || next === undefined) return lines;
  const message = `${missed} lines came faster than they could be shown`;
  return [{ node: node.name, time: next.time, source: 'spot-tui', message }, ...lines];
};

const append = ({ lines, dropped }: Lines, fresh: readonly NodeLogLine[]): Lines => {
  const all = [...lines, ...fresh];
  const excess = Math.max(0, all.length - nodeFeedLimit);
  return { lines: excess === 0 ? all : all.slice(excess), dropped: dropped + excess };
};

/** Lines with those before them that a recording has; their own numbers stay what they were. */
const prepend = ({ lines, dropped }: Lines, recorded: readonly NodeLogLine[]): Lines => {
  const past = recorded.slice(0, overlap(recorded, lines));
  const kept = past.slice(Math.max(0, past.length + lines.length - nodeFeedLimit));
  return { lines: [...kept, ...lines], dropped: dropped - kept.length };
};

/**
 * Index in the recorded lines from which on they are `lines` themselves. A recording may be a few
 * lines behind, or ahead, of what is shown, and is bounded itself: only equal lines tell.
 */
const overlap = (recorded: readonly NodeLogLine[], lines: readonly NodeLogLine[]): number => {
  const [first] = lines;
  if (first === undefined) return recorded.length;
  const from = Math.max(0, recorded.length - nodeFeedLimit);
  for (let start = from; start < recorded.length; start++) {
    const count = Math.min(lines.length, recorded.length - start);
    let same = 0;
    while (same < count && isSameLine(recorded[start + same], lines[same])) same++;
    if (same === count) return start;
  }
  return recorded.length;
};

const isSameLine = (one: NodeLogLine | undefined, other: NodeLogLine | undefined): boolean =>
  one?.time === other?.time && one?.source === other?.source && one?.message === other?.message;
