import type { XmlFields } from './xml.ts';

/** A fleet of type `instant`: launched once, by the call that made it, and never looked after. */
export type Fleet = {
  readonly id: string;
  readonly createdAt: number;
  readonly clientToken: string | undefined;
  readonly target: FleetTarget;
  readonly instanceIds: readonly string[];
  /** The `errorSet` and `fleetInstanceSet` of the answer that it was made with. */
  readonly errors: readonly XmlFields[];
  readonly instances: readonly XmlFields[];
  state: 'active' | 'deleted_terminating';
};

/** How much of what a fleet is to have. */
export type FleetTarget = {
  readonly total: number;
  readonly spot: number;
  readonly onDemand: number;
  readonly byDefault: 'spot' | 'on-demand';
};
