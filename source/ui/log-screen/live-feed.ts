import type { FleetActions, LogRequest, NodeLogLine } from '../../fleet/actions.ts';
import { createStore } from '../store.ts';
import type { LogFeed, LogFeedState } from './log-feed.ts';

export type LiveFeedOptions = Pick<LogRequest, 'nodes' | 'source' | 'lines'> & {
  readonly actions: Pick<FleetActions, 'followLogs'>;
};

/** Lines that are kept; older ones are dropped. */
export const liveFeedLimit = 20_000;

/** Milliseconds for which lines are gathered before they are shown: a screen is drawn less often. */
const gatherTime = 50;

/**
 * What logs of nodes say, in the order of its time, from the last lines on; follows them until it
 * is closed. Whatever keeps a node's log from coming is told beside the lines.
 */
export const createLiveFeed = ({ actions, ...request }: LiveFeedOptions): LogFeed => {
  const following = new AbortController();
  const store = createStore<LogFeedState, LogFeedState>(
    { lines: [], dropped: 0, problems: [], isLive: true },
    (_before, after) => after,
  );
  const problems = new Map<string, Set<string>>();
  let gathered: NodeLogLine[] = [];
  let timer: NodeJS.Timeout | undefined;

  const flush = (changes: Partial<LogFeedState> = {}) => {
    clearTimeout(timer);
    timer = undefined;
    if (following.signal.aborted) return;
    const fresh = gathered;
    gathered = [];
    const state = store.getState();
    store.dispatch({ ...state, ...merge(state, fresh), problems: describe(problems), ...changes });
  };
  const gather = () => {
    timer ??= setTimeout(flush, gatherTime);
  };
  const complain = (node: string, problem: string) => {
    problems.set(problem, (problems.get(problem) ?? new Set()).add(node));
    gather();
  };

  actions
    .followLogs(
      {
        ...request,
        onLine(line) {
          gathered.push(line);
          gather();
        },
        onProblem: complain,
      },
      following.signal,
    )
    .catch((error: unknown) => complain('', error instanceof Error ? error.message : String(error)))
    .finally(() => flush({ isLive: false }));

  return {
    ...store,
    close() {
      clearTimeout(timer);
      following.abort();
    },
  };
};

type Lines = Pick<LogFeedState, 'lines' | 'dropped'>;

const merge = ({ dropped, lines }: Lines, fresh: readonly NodeLogLine[]): Lines => {
  const last = lines.at(-1);
  const sorted = fresh.toSorted(byTime);
  const [first] = sorted;
  const isLater = last === undefined || first === undefined || first.time >= last.time;
  const all = isLater ? [...lines, ...sorted] : [...lines, ...sorted].sort(byTime);
  const excess = Math.max(0, all.length - liveFeedLimit);
  return { lines: excess === 0 ? all : all.slice(excess), dropped: dropped + excess };
};

const byTime = (one: NodeLogLine, other: NodeLogLine): number => one.time - other.time;

/** One line for each problem, whoever has it. */
const describe = (problems: ReadonlyMap<string, ReadonlySet<string>>): string[] =>
  [...problems].map(([problem, nodes]) => {
    const [first = ''] = nodes;
    if (first === '') return problem;
    return `${nodes.size === 1 ? first : `${first} and ${nodes.size - 1} more`}: ${problem}`;
  });
