import type { RegionCloud } from '../ec2/cloud.ts';
import type { FleetSessions } from './fleet-sessions.ts';
import { RegionWatch } from './watch-region.ts';

export type FleetWatchOptions = {
  readonly clouds: readonly RegionCloud[];
  readonly sessions: FleetSessions;
  /** Hears why a region can't be watched; it is again from the next nudge on. */
  readonly onError: (region: string, error: unknown) => void;
};

/** Watches the machines of a fleet: one watcher per region, whatever the number of nodes. */
export class FleetWatch {
  readonly #watches: ReadonlyMap<string, RegionWatch>;

  constructor({ clouds, onError, sessions }: FleetWatchOptions) {
    this.#watches = new Map(
      clouds.map((cloud) => [
        cloud.region,
        new RegionWatch({
          cloud,
          isChanging: () => sessions.inRegion(cloud.region).some((each) => each.awaitsMachine),
          onInstances: (instances) => sessions.observe(instances),
          onError: (error) => onError(cloud.region, error),
        }),
      ]),
    );
  }

  /** Looks at a region's machines soon: something has become of them, or was asked of them. */
  nudge(region: string): void {
    this.#watches.get(region)?.nudge();
  }

  /** Watches all regions until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.run(signal)));
  }
}
