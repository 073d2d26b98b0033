import type { Instance, LaunchedInstance, RegionCloud } from '../../source/ec2/cloud.ts';

/** A region that shows instances before it answers the launch that they come from. */
export const hastyRegion = ({
  onLaunch = () => undefined,
  tag = () => Promise.resolve(),
}: Partial<Pick<RegionCloud, 'tag'>> & { readonly onLaunch?: () => void } = {}): RegionCloud => {
  const shown: Instance[] = [];
  const refuse = () => Promise.reject(new Error('not asked for here'));
  return {
    region: 'us-west-2',
    prepare: () => Promise.resolve(),
    describe: () => Promise.resolve([...shown]),
    launch: async ({ count }) => {
      const instances = Array.from({ length: count }, (): LaunchedInstance => {
        const instance = {
          instanceId: `i-${shown.length + 1}`,
          region: 'us-west-2',
          zone: 'us-west-2a',
          instanceType: 't3.medium',
          imageId: 'ami-1',
          state: 'pending',
          launchedAt: 0,
          lifecycle: 'spot',
          tags: {},
        } as const;
        shown.push(instance);
        return instance;
      });
      onLaunch();
      for (let turns = 0; turns < 50; turns += 1) await Promise.resolve();
      return {
        generation: 1,
        instances,
        refusals: [],
        isOvertaken: false,
        isFull: true,
        hasMorePools: true,
      };
    },
    settle: () => Promise.resolve([...shown]),
    concludeLaunch: () => Promise.resolve(),
    openLaunch: () => Promise.resolve(undefined),
    tag,
    now: Date.now,
    spotPrices: refuse,
    onDemandPrices: refuse,
    rehearse: refuse,
    terminate: refuse,
    cleanUp: refuse,
    consoleOutput: refuse,
    watch: () => {
      throw new Error('not asked for here');
    },
  };
};
