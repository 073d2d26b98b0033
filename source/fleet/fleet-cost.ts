import { addPrices, type Cost } from './instance-prices.ts';
import type { FleetState, NodeState } from './state.ts';

/** What a fleet's machines cost together, as far as it is known. */
export const fleetCost = ({ nodes }: Pick<FleetState, 'nodes'>): Cost =>
  addPrices([...nodes.values()].filter(isCharged).map(({ pricePerHour }) => pricePerHour));

/** Whether there is an instance that costs something. */
export const isCharged = ({ instanceId, phase, trouble }: NodeState): boolean =>
  instanceId !== undefined &&
  phase !== 'terminated' &&
  !(phase === 'interrupted' && trouble?.deadline === undefined);
