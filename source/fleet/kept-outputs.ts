import type { ActionResult, ActionState } from './state.ts';

/** Characters of output that the results of all actions may hold together. */
export const outputLimit = 64 * 1024 * 1024;

/** Share of the limit that is left once it was passed, so that not every result passes it again. */
const share = 0.75;

/** What stands in the place of an output that is not kept. */
const gone = ['(its output is no longer kept)'];

/** Characters that a result's output takes. */
export const sizeOfOutput = ({ output = [] }: Pick<ActionResult, 'output'>): number =>
  output.reduce((size, line) => size + line.length, 0);

/**
 * Drops the oldest outputs of actions where they are too large together, the oldest action's first
 * and in it that of the node that was done first. What came of the nodes stays.
 *
 * @param actions Oldest first.
 * @param limit In characters.
 */
export const keepOutputs = (
  actions: readonly ActionState[],
  limit = outputLimit,
): readonly ActionState[] => {
  const total = actions.reduce((size, { outputSize = 0 }) => size + outputSize, 0);
  if (total <= limit) return actions;
  let excess = total - limit * share;
  return actions.map((action) => {
    const { outputSize = 0 } = action;
    if (excess <= 0 || outputSize === 0) return action;
    let left = outputSize;
    const results = new Map<string, ActionResult>();
    for (const [node, result] of action.results) {
      const size = result.output === gone ? 0 : sizeOfOutput(result);
      const isDropped = excess > 0 && size > 0;
      results.set(node, isDropped ? { ...result, output: gone } : result);
      if (!isDropped) continue;
      excess -= size;
      left -= size;
    }
    return { ...action, results, outputSize: left };
  });
};
