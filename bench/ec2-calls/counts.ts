import type { CallCount } from '../../source/sandbox/endpoint/ledger.ts';

/** What was asked of EC2 in a stretch of time. */
export type PhaseCalls = {
  readonly milliseconds: number;
  /** All regions together. */
  readonly byAction: Readonly<Record<string, number>>;
};

export type FleetToCount = {
  readonly nodes: number;
  /** Regions that they are spread over. */
  readonly regions: number;
  /** How long the fleet is watched once it is ready. */
  readonly minutes: number;
};

/** What a fleet asks of EC2. */
export type FleetCalls = {
  /** Nodes that are ready in the end. */
  readonly ready: number;
  /** From nothing until all nodes are ready. */
  readonly launch: PhaseCalls;
  /** From then on. */
  readonly watch: PhaseCalls;
  /** What went wrong on the way. */
  readonly notices: readonly string[];
};

/** What came to an endpoint until some time. */
export const totalOf = (calls: readonly CallCount[], milliseconds: number): PhaseCalls => {
  const byAction: Record<string, number> = {};
  for (const { action, count } of calls) byAction[action] = (byAction[action] ?? 0) + count;
  return { milliseconds, byAction };
};

/** What came between two times. */
export const between = (before: PhaseCalls, after: PhaseCalls): PhaseCalls => {
  const byAction = Object.entries(after.byAction)
    .map(([action, count]) => [action, count - callsOf(before, action)] as const)
    .filter(([, count]) => count > 0)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    milliseconds: after.milliseconds - before.milliseconds,
    byAction: Object.fromEntries(byAction),
  };
};

/** How often an action was asked for. */
export const callsOf = ({ byAction }: PhaseCalls, action: string): number => byAction[action] ?? 0;

/** How often anything but the actions was asked for. */
export const callsWithout = ({ byAction }: PhaseCalls, ...actions: readonly string[]): number =>
  Object.entries(byAction).reduce(
    (sum, [action, count]) => (actions.includes(action) ? sum : sum + count),
    0,
  );
