import type { ClientRun } from '../clients/client-program.ts';
import { median } from '../statistics.ts';

/** A client's runs at one number of targets. */
export type RunsAt = { readonly count: number; readonly runs: readonly ClientRun[] };

/** What the client itself needed: the rest of the time is its targets', on the same cores. */
export const describeCost = ({ count, runs }: RunsAt): string => {
  const computing = median(runs.map((run) => run.computing)) / count;
  const memory = median(runs.map(({ peakMemory }) => peakMemory)) / 1e6;
  return `ours took ${computing.toFixed(1)} ms of CPU per node and ${Math.round(memory)} MB at most`;
};
