import type { FaultCase, Ground } from './fault.ts';

const phases = [
  'booting',
  'connecting',
  'uploading',
  'cloud-init',
  'configuring',
  'verifying',
] as const;

const strike = (
  ground: Ground,
  phase: string,
  delay: number,
  kind: 'cut-ssh' | 'reboot' | 'fill-disk',
): void =>
  ground.whenPhase(phase, ({ instanceId }) => {
    ground.background(
      (async () => {
        const target = instanceId ?? (await ground.someInstance());
        await new Promise((resolve) => setTimeout(resolve, delay));
        await ground.endpoint.injectFault({ kind, target });
        ground.note(`${kind} on ${target}`);
      })(),
    );
  });

const common = {
  command: 'create',
  hasShippedNodes: true,
  nodes: 2,
  regions: ['us-west-2'],
  timeouts: { connecting: 60, uploading: 60, configuring: 60, verifying: 60 },
} as const;

/** The same on nodes of the sandbox, which run the shipped scripts. */
export const shippedFaults: readonly FaultCase[] = [
  {
    name: 'shipped nodes: SSH cut',
    share: 0.6,
    plan: (random) => {
      const phase = random.pick(phases);
      const delay = random.between(0, 500);
      return {
        ...common,
        text: `create: SSH is cut ${delay} ms after a node is ${phase}`,
        expects: { ready: 'all', causes: [] },
        arm: (ground) => strike(ground, phase, delay, 'cut-ssh'),
      };
    },
  },
  {
    name: 'shipped nodes: reboot',
    share: 0.6,
    // Earlier, cloud-init is cut short, which it does not make good.
    plan: (random) => {
      const phase = random.pick(['configuring', 'verifying'] as const);
      const delay = random.between(0, 500);
      return {
        ...common,
        text: `create: a node reboots ${delay} ms after it is ${phase}`,
        expects: { ready: 'all', causes: [] },
        arm: (ground) => strike(ground, phase, delay, 'reboot'),
      };
    },
  },
  {
    name: 'shipped nodes: disk full',
    share: 0.6,
    plan: (random) => {
      const phase = random.pick(['connecting', 'uploading'] as const);
      let struck: string | undefined;
      return {
        ...common,
        text: `create: a disk is full as soon as a node is ${phase}`,
        expects: {
          ready: 'some',
          causes: [/no space left|No space left|disk: .* free|can't write/],
          machinesGo: true,
        },
        arm: (ground) => {
          ground.whenPhase(phase, ({ instanceId }) => {
            struck = instanceId;
            ground.background(
              ground.endpoint
                .injectFault({ kind: 'fill-disk', target: instanceId ?? '' })
                .then(() => ground.note(`the disk of ${instanceId} is full`)),
            );
          });
        },
        // Nobody frees it: the node is given up.
        heal: async (ground) => {
          if (struck === undefined) return;
          for (const region of ground.regions) await ground.reader.terminate(region, struck);
          await ground.gone(struck);
        },
      };
    },
  },
];
