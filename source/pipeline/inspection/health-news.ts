import type { Usage, WorkloadHealth } from '../../events/event.ts';
import type { Health } from './health.ts';

/** Parts of the whole by which a use has to change to be told. */
const diskStep = 0.01;
const memoryStep = 0.05;

/** Milliseconds after which a load that has changed is told by itself. */
const loadInterval = 60_000;

/** Part of the processors by which the load has to change for that. */
const loadStep = 0.1;

/**
 * Whether a look at a node has something to tell that the one told last had not; pure.
 *
 * @param age Milliseconds since the last one was told.
 */
export const isNews = (told: Health | undefined, found: Health, age: number): boolean =>
  told === undefined ||
  essence(told) !== essence(found) ||
  (found.uptime ?? 0) < (told.uptime ?? 0) ||
  hasMoved(told.disk, found.disk, diskStep) ||
  hasMoved(told.memory, found.memory, memoryStep) ||
  (age >= loadInterval && hasLoadMoved(told.load, found.load));

/** What counts as changed however little it did. What passes is worded anew at every look. */
const essence = ({ checks, containers, services }: Health): string =>
  JSON.stringify([
    checks.map(({ name, status, detail }) => [name, status, status === 'failed' ? detail : '']),
    services.map(wording),
    containers.map(wording),
  ]);

const wording = ({ name, state, detail }: WorkloadHealth): readonly string[] => [
  name,
  state,
  detail,
];

const hasMoved = (told: Usage | undefined, found: Usage | undefined, step: number): boolean => {
  if (told === undefined || found === undefined) return told !== found;
  return told.total !== found.total || Math.abs(partOf(told) - partOf(found)) >= step;
};

const partOf = ({ total, used }: Usage): number => (total === 0 ? 0 : used / total);

const hasLoadMoved = (told: Health['load'], found: Health['load']): boolean => {
  if (told === undefined || found === undefined) return told !== found;
  return Math.abs(told.average - found.average) >= loadStep * found.processors;
};
