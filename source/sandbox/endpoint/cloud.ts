import type { Hypervisor } from '../hypervisor.ts';
import type { BootTimes } from './boot-times.ts';
import type { Clock } from './clock.ts';
import type { FaultRules } from './fault-rules.ts';
import type { Instance } from './instance.ts';
import type { Ledger } from './ledger.ts';
import { createRegion, type Region } from './region.ts';
import { checkRegion } from './regions.ts';

/** Owner of everything in the embedded cloud; the account number of AWS's own examples. */
export const accountId = '123456789012';

/** Everything that the endpoint knows and works with. */
export class Cloud {
  readonly hypervisor: Hypervisor;
  readonly bootTimes: BootTimes;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly faultRules: FaultRules;
  /** No page of an answer is larger. */
  readonly largestPage: number;
  /** Called whenever the number of machines may have changed. */
  readonly onChange: () => void;
  readonly #regions = new Map<string, Region>();
  readonly #closing = Promise.withResolvers<void>();

  constructor(options: {
    hypervisor: Hypervisor;
    bootTimes: BootTimes;
    clock: Clock;
    ledger: Ledger;
    faultRules: FaultRules;
    largestPage: number;
    onChange: () => void;
  }) {
    this.hypervisor = options.hypervisor;
    this.bootTimes = options.bootTimes;
    this.clock = options.clock;
    this.ledger = options.ledger;
    this.faultRules = options.faultRules;
    this.largestPage = options.largestPage;
    this.onChange = options.onChange;
  }

  /** @throws Ec2Failure for a region that doesn't exist */
  region(name: string): Region {
    const known = this.#regions.get(name);
    if (known !== undefined) return known;
    checkRegion(name);
    const region = createRegion(name);
    this.#regions.set(name, region);
    return region;
  }

  /** Resolves when the cloud is in a hurry: nothing should take longer than it must. */
  get closing(): Promise<void> {
    return this.#closing.promise;
  }

  /** Ends all artificial waiting for the end of instances. */
  hurry(): void {
    this.#closing.resolve();
  }

  /** Instances of all regions, those that are gone but still remembered included. */
  instances(): Instance[] {
    return [...this.#regions.values()].flatMap((region) => [...region.instances.values()]);
  }

  /** Instances that have a machine. */
  aliveInstances(): Instance[] {
    return this.instances().filter((instance) => instance.state !== 'terminated');
  }
}
