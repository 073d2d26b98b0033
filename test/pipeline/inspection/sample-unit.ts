import type { UnitFacts } from '../../../source/pipeline/inspection/facts.ts';

/** A service that has been running since second 100 of its machine. */
export const sampleUnit = (facts: Partial<UnitFacts> = {}): UnitFacts => ({
  id: 'web.service',
  loadState: 'loaded',
  activeState: 'active',
  subState: 'running',
  result: 'success',
  restarts: 0,
  exitStatus: 0,
  unitFileState: 'enabled',
  invocationId: 'abc',
  type: 'simple',
  activeSince: 100,
  ...facts,
});
