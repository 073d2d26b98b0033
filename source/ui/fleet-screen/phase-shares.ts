import type { Phase } from '../../events/phase.ts';

/**
 * How many columns of a bar stand for each phase: all of the width together, each as much as its
 * part of the nodes, but none less than one: one failed node of two thousand is still seen.
 *
 * @param counts nodes by phase, none of them zero
 * @param width in terminal columns, at least one for each phase
 */
export const phaseShares = (
  counts: ReadonlyMap<Phase, number>,
  width: number,
): ReadonlyMap<Phase, number> => {
  const nodes = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const shares = [...counts].map(([phase, count]) => {
    const exact = (count / nodes) * width;
    return { phase, exact, columns: Math.max(1, Math.floor(exact)) };
  });
  const left = () => width - shares.reduce((sum, { columns }) => sum + columns, 0);
  for (let rest = left(); rest !== 0; rest = left()) {
    const step = Math.sign(rest);
    // The one that is furthest from its due, and has something to give where columns are missing.
    const [next] = shares
      .filter(({ columns }) => step > 0 || columns > 1)
      .sort((one, other) => step * (other.exact - other.columns - (one.exact - one.columns)));
    if (next === undefined) break;
    next.columns += step;
  }
  return new Map(shares.map(({ phase, columns }) => [phase, columns]));
};
