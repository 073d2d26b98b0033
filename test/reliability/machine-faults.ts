import { createPhases } from './create-phases.ts';
import type { FaultCase, Ground } from './fault.ts';
import type { Random } from './random.ts';

const phases = createPhases.filter((phase) => phase !== 'pending');

/** What a node says whose machine went while it was worked on, before EC2 is asked about it. */
const goneMeanwhile = [/connection .* broke/, /took longer/, /no SSH connection/];

/** Slow enough for EC2's news to arrive while the node is worked on. */
const times = (random: Random) => ({
  boot: random.between(100, 600),
  cloudInit: random.between(300, 2500),
  configure: random.between(100, 2000),
});

const strike = (
  ground: Ground,
  phase: string,
  delay: number,
  take: (instanceId: string) => Promise<void>,
): void =>
  ground.whenPhase(phase, ({ instanceId }) => {
    ground.background(
      (async () => {
        const victim = instanceId ?? (await ground.someInstance());
        await new Promise((resolve) => setTimeout(resolve, delay));
        ground.note(`${victim} is taken while ${phase}`);
        await take(victim);
        await ground.gone(victim);
      })(),
    );
  });

/** EC2 takes a machine, and another one is to have its place before the command ends. */
const replaced = (name: string, hasCompanion: boolean): FaultCase => ({
  name,
  share: 2,
  plan: (random) => {
    const phase = random.pick([
      'connecting',
      'uploading',
      'cloud-init',
      'configuring',
      'verifying',
    ]);
    const delay = random.between(0, 300);
    const noticeSeconds = random.between(0, 6);
    return {
      text: `create: EC2 takes a node ${delay} ms after it is ${phase}, notice ${noticeSeconds} s`,
      command: 'create',
      configuration: ['replace_interrupted: true', 'drain_command: systemctl stop work.service'],
      // Whoever is done before EC2's news arrives has nothing to replace.
      times: (among) => ({
        boot: among.between(20, 300),
        cloudInit: among.between(1500, 3000),
        configure: among.between(1500, 3000),
      }),
      ...(hasCompanion ? { hasCompanion: true } : {}),
      expects: {
        ready: 'some',
        causes: goneMeanwhile,
        machinesGo: true,
        ...(phase === 'verifying' ? {} : { staysWhole: true }),
      },
      arm: (ground) =>
        strike(ground, phase, delay, async (target) => {
          await ground.endpoint.injectFault({ kind: 'reclaim', target, noticeSeconds });
        }),
    };
  },
});

/** EC2 or somebody else takes a machine in one phase of a node's way. */
export const machineFaults: readonly FaultCase[] = [
  ...phases.flatMap(takenWhile),
  replaced('reclaimed, replaced', false),
  replaced('reclaimed, replaced by two at once', true),
];

function takenWhile(phase: (typeof phases)[number]): FaultCase[] {
  return [
    {
      name: `reclaimed while ${phase}`,
      plan: (random) => {
        const delay = random.between(0, 600);
        const noticeSeconds = random.pick([0, 0, 1, 2]);
        return {
          text: `create: EC2 takes a node ${delay} ms after it is ${phase}, notice ${noticeSeconds} s`,
          command: 'create',
          times,
          expects: { ready: 'some', causes: goneMeanwhile, machinesGo: true },
          arm: (ground) =>
            strike(ground, phase, delay, async (target) => {
              await ground.endpoint.injectFault({ kind: 'reclaim', target, noticeSeconds });
            }),
        };
      },
    },
    {
      name: `terminated by others while ${phase}`,
      plan: (random) => {
        const delay = random.between(0, 600);
        return {
          text: `create: somebody terminates a node ${delay} ms after it is ${phase}`,
          command: 'create',
          times,
          expects: { ready: 'some', causes: goneMeanwhile, machinesGo: true },
          arm: (ground) =>
            strike(ground, phase, delay, async (instanceId) => {
              for (const region of ground.regions)
                await ground.reader.terminate(region, instanceId);
            }),
        };
      },
    },
  ];
}
