import type { FaultCase } from './fault.ts';

/** EC2's own words for each refusal, or what a person would say. */
const causes = {
  InsufficientInstanceCapacity: /capacity/i,
  SpotMaxPriceTooLow: /price/i,
  MaxSpotInstanceCountExceeded: /spot instance count|MaxSpotInstanceCountExceeded/i,
  UnfulfillableCapacity: /capacity/i,
  VcpuLimitExceeded: /vCPU/i,
} as const;

const codes = [
  'InsufficientInstanceCapacity',
  'SpotMaxPriceTooLow',
  'MaxSpotInstanceCountExceeded',
  'UnfulfillableCapacity',
  'VcpuLimitExceeded',
] as const satisfies (keyof typeof causes)[];

/** EC2 refuses some pools or all, gives a part first, and may give later. */
export const capacityFaults: readonly FaultCase[] = codes.map((code) => ({
  name: `capacity ${code}`,
  plan: (random) => {
    const scope = random.pick(['everything', 'region', 'type'] as const);
    const available = random.isTrue(0.5) ? random.between(0, 2) : 0;
    const placement = random.pick(['spread', 'anywhere']);
    const reach =
      scope === 'region'
        ? { region: 'us-west-2' }
        : scope === 'type'
          ? { instanceType: 't3.medium' }
          : {};
    return {
      text: `${code} for ${scope}, after ${available} instances; placement ${placement}`,
      command: 'create',
      regions: ['us-west-2', 'eu-west-1'],
      configuration: [`placement: ${placement}`],
      expects: {
        ready:
          scope === 'type' || (scope === 'region' && placement === 'anywhere') ? 'all' : 'some',
        ...(scope === 'everything' && available < 2 ? { failures: 1 } : {}),
        causes: [causes[code], new RegExp(code)],
      },
      arm: async ({ endpoint }) => {
        await endpoint.injectFault({ kind: 'refuse-capacity', code, available, ...reach });
      },
      heal: ({ endpoint }) => endpoint.clearFaults(),
    };
  },
}));
