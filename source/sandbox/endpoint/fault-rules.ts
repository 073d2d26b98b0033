import type { FaultRule } from '../fault.ts';
import { authenticationFailure } from './credential-scope.ts';
import { Ec2Failure } from './failure.ts';
import type { Grant } from './launch.ts';

type ActiveRule = {
  readonly rule: FaultRule;
  readonly expiresAt: number;
  strikesLeft: number;
  /** Instances that are still given in spite of a refusal of capacity. */
  available: number;
};

/** Where a launch asks for instances. */
export type CapacityPool = {
  readonly region: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly lifecycle: 'spot' | 'on-demand';
};

/** The injected faults that act on requests, as long as they last. */
export class FaultRules {
  #active: ActiveRule[] = [];

  add(rule: FaultRule, now: number): void {
    this.#active.push({
      rule,
      expiresAt: rule.seconds === undefined ? Number.POSITIVE_INFINITY : now + rule.seconds * 1000,
      strikesLeft: rule.count ?? Number.POSITIVE_INFINITY,
      available: rule.kind === 'refuse-capacity' ? rule.available : 0,
    });
  }

  clear(): void {
    this.#active = [];
  }

  list(now: number): FaultRule[] {
    return this.#at(now).map(({ rule }) => rule);
  }

  /** Why a request is refused, if one of the rules says so. */
  refusal(action: string, region: string, now: number): Ec2Failure | undefined {
    for (const active of this.#at(now)) {
      const { rule } = active;
      if (rule.kind !== 'throttle' && rule.kind !== 'deny') continue;
      if (rule.region !== undefined && rule.region !== region) continue;
      if (!matches(rule.action, action)) continue;
      active.strikesLeft -= 1;
      return rule.kind === 'throttle'
        ? new Ec2Failure('RequestLimitExceeded', 'Request limit exceeded.', 503)
        : denial(rule.code, rule.message);
    }
    return undefined;
  }

  /** How many of the wanted instances a pool gives. */
  capacity(pool: CapacityPool, wanted: number, now: number): Grant {
    for (const active of this.#at(now)) {
      const { rule } = active;
      if (rule.kind !== 'refuse-capacity') continue;
      if (rule.region !== undefined && rule.region !== pool.region) continue;
      if (rule.zone !== undefined && rule.zone !== pool.zone) continue;
      if (rule.lifecycle !== undefined && rule.lifecycle !== pool.lifecycle) continue;
      if (rule.instanceType !== undefined && !matches(rule.instanceType, pool.instanceType))
        continue;
      if (active.available >= wanted) {
        active.available -= wanted;
        continue;
      }
      const count = active.available;
      active.available = 0;
      active.strikesLeft -= 1;
      const message = rule.message ?? capacityMessage(rule.code, pool);
      return { count, refusal: new Ec2Failure(rule.code, message) };
    }
    return { count: wanted, refusal: undefined };
  }

  /** Whether the consoles of a region have nothing to tell. */
  silences(region: string, now: number): boolean {
    const active = this.#at(now).find(
      ({ rule }) =>
        rule.kind === 'silence-console' && (rule.target === undefined || rule.target === region),
    );
    if (active === undefined) return false;
    active.strikesLeft -= 1;
    return true;
  }

  #at(now: number): readonly ActiveRule[] {
    this.#active = this.#active.filter(
      ({ expiresAt, strikesLeft }) => expiresAt > now && strikesLeft > 0,
    );
    return this.#active;
  }
}

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
  ).test(text);

const denial = (code: string, message: string | undefined): Ec2Failure => {
  switch (code) {
    case 'AuthFailure':
      return message === undefined ? authenticationFailure() : new Ec2Failure(code, message, 401);
    case 'UnauthorizedOperation':
      return new Ec2Failure(
        code,
        message ?? 'You are not authorized to perform this operation.',
        403,
      );
    case 'RequestExpired':
      return new Ec2Failure(code, message ?? 'Request has expired.');
    case 'InternalError':
      return new Ec2Failure(code, message ?? 'An internal error has occurred', 500);
    case 'Unavailable':
      return new Ec2Failure(code, message ?? 'The service is unavailable. Please try again.', 503);
    default:
      return new Ec2Failure(code, message ?? 'Refused by an injected fault.');
  }
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const capacityMessage = (code: string, pool: CapacityPool): string => {
  switch (code) {
    case 'InsufficientInstanceCapacity':
      return pool.lifecycle === 'spot'
        ? 'There is no Spot capacity available that matches your request.'
        : `We currently do not have sufficient ${pool.instanceType} capacity in the Availability Zone you requested (${pool.zone}). Our system will be working on provisioning additional capacity.`;
    case 'MaxSpotInstanceCountExceeded':
      return 'Max spot instance count exceeded';
    case 'VcpuLimitExceeded':
      return 'You have requested more vCPU capacity than your current vCPU limit allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.';
    case 'UnfulfillableCapacity':
      return 'Unable to fulfill capacity due to your request configuration. Please adjust your request and try again.';
    default:
      return 'Refused by an injected fault.';
  }
};
