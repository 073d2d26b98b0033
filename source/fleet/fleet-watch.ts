import type { Instance, RegionCloud } from '../ec2/cloud.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import { ExpiryWatch } from './expiry-watch.ts';
import type { FleetSessions } from './fleet-sessions.ts';
import type { Notices } from './notices.ts';
import type { ExistingNode } from './plan.ts';
import { RegionPrices } from './region-prices.ts';
import { Strangers } from './strangers.ts';
import { RegionWatch } from './watch-region.ts';

export type FleetWatchOptions = {
  readonly clouds: readonly RegionCloud[];
  readonly sessions: FleetSessions;
  readonly notices: Notices;
  /** Hears why a region can't be watched; it is again from the next nudge on. */
  readonly onError: (region: string, error: unknown) => void;
  /** Present where the whole fleet is watched, and not only what this process works on. */
  readonly whole?: {
    /** Milliseconds in which a node that is well is looked at once. */
    readonly healthInterval: number;
    /** Hears of nodes that somebody else has launched, after they were adopted. */
    readonly onAdopted: (nodes: readonly ExistingNode[]) => void;
  };
};

/** Watches the machines of a fleet: one watcher per region, whatever the number of nodes. */
export class FleetWatch {
  readonly #watches: ReadonlyMap<string, RegionWatch>;
  readonly #sessions: FleetSessions;
  readonly #whole: FleetWatchOptions['whole'];
  readonly #notices: Notices;
  readonly #expiry: ExpiryWatch;
  /** Questions for prices that are not answered yet. */
  readonly #pricing = new Set<Promise<void>>();
  #isPriced: boolean;
  readonly #ending = new AbortController();

  constructor({ clouds, notices, onError, sessions, whole }: FleetWatchOptions) {
    this.#sessions = sessions;
    this.#whole = whole;
    this.#notices = notices;
    this.#expiry = new ExpiryWatch(
      clouds.map(({ region }) => region),
      notices,
    );
    this.#isPriced = whole !== undefined;
    this.#watches = new Map(
      clouds.map((cloud) => [
        cloud.region,
        new RegionWatch({
          cloud,
          ...(whole === undefined ? {} : { calmInterval: calmly(whole.healthInterval) }),
          isChanging: () => sessions.inRegion(cloud.region).some((each) => each.awaitsMachine),
          onInstances: this.#listener(cloud),
          onError: (error) => onError(cloud.region, error),
        }),
      ]),
    );
  }

  /** Looks at a region's machines soon: something has become of them, or was asked of them. */
  nudge(region: string): void {
    this.#watches.get(region)?.nudge();
  }

  /** Asks what the nodes cost from now on, also where the fleet is not watched as a whole. */
  askPrices(): void {
    this.#isPriced = true;
  }

  /** Resolves once what has been asked for prices is answered. */
  async priced(): Promise<void> {
    await Promise.all(this.#pricing);
  }

  /** Watches no more: there is nothing left to see. */
  end(): void {
    this.#ending.abort();
  }

  /** Watches all regions until the signal aborts, or the watch is ended. */
  async run(signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal, this.#ending.signal]);
    try {
      await Promise.all([...this.#watches.values()].map((watch) => watch.run(ending)));
    } finally {
      this.#ending.abort();
    }
  }

  #listener(cloud: RegionCloud): (instances: readonly Instance[]) => void {
    const sessions = this.#sessions;
    const strangers = new Strangers();
    let latest: readonly Instance[] = [];
    const prices = new RegionPrices({
      cloud,
      onPrices: () => sessions.price(latest, prices),
      onError: (error) => {
        const { hint, reason, topic } = toPhaseFailure(error);
        const { region } = cloud;
        this.#notices.say('warning', `what nodes cost is not known: ${reason}`, {
          hint,
          topic,
          region,
        });
      },
    });
    return (instances) => {
      latest = instances;
      sessions.observe(cloud.region, instances, performance.now());
      if (this.#whole !== undefined) {
        const adopted = sessions.adoptStrangers(cloud.region, instances, strangers);
        if (adopted.length > 0) this.#whole.onAdopted(adopted);
        this.#expiry.observe(cloud.region, instances, cloud.now());
      }
      if (!this.#isPriced) return;
      sessions.price(instances, prices);
      this.#ask(prices, instances);
    };
  }

  #ask(prices: RegionPrices, instances: readonly Instance[]): void {
    const asked = prices.update(instances, performance.now(), this.#ending.signal);
    this.#pricing.add(asked);
    void asked.finally(() => this.#pricing.delete(asked));
  }
}

/** Who wants to know of nodes within seconds does so of machines. */
const calmly = (healthInterval: number): number =>
  Math.min(10_000, Math.max(1_000, healthInterval / 2));
