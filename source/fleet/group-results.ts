import type { ActionResult } from './state.ts';

/** Nodes on which an action came to the same. */
export type ResultGroup = {
  readonly nodes: readonly string[];
  /** That of the first of the nodes; the others' differ in time only. */
  readonly result: ActionResult;
};

/**
 * Puts nodes with the same result together: status, detail, exit status and output are the same,
 * line by line. Pure. Groups and the nodes in them come in the order of the results.
 */
export const groupResults = (results: Iterable<readonly [string, ActionResult]>): ResultGroup[] =>
  [...Map.groupBy(results, ([, result]) => resultIdentity(result)).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ nodes: group.map(([node]) => node), result: first[1] }];
  });

/** The same text for results that say the same. */
export const resultIdentity = ({ detail, exitStatus, output, status }: ActionResult): string =>
  JSON.stringify([status, detail, exitStatus, output]);
