import { createPhases } from './create-phases.ts';
import type { FaultCase, FaultPlan, ProcessFault, StruckCommand } from './fault.ts';
import type { Random } from './random.ts';

const pushPhases = ['connecting', 'uploading', 'configuring', 'verifying', 'ready'] as const;

/** Requests that each command makes, at most about. */
const requests: Readonly<Record<StruckCommand, number>> = { create: 22, push: 3, destroy: 36 };

const atRequest = (random: Random, command: StruckCommand): ProcessFault['at'] => ({
  type: 'request',
  nth: random.between(0, requests[command]),
  when: random.pick(['before', 'after', 'after']),
});

const atPhase = (random: Random, phase: string): ProcessFault['at'] => ({
  type: 'phase',
  phase,
  delay: random.between(0, 150),
});

const kill = (at: ProcessFault['at']): ProcessFault => ({ at, what: { type: 'kill' } });

const slowly = (random: Random) => ({
  boot: random.between(20, 300),
  cloudInit: random.between(100, 600),
  configure: random.between(100, 400),
});

/** Kills, in a world in which lists may lag and a part of the fleet may be there already. */
const killed = (
  random: Random,
  command: StruckCommand,
  moments: readonly ProcessFault['at'][],
): FaultPlan => {
  const nodes = random.between(2, 4);
  const lag = random.isTrue(0.5) ? random.between(200, 3000) : 0;
  const before = command === 'create' && random.isTrue(0.25) ? random.between(1, nodes - 1) : 0;
  return {
    text: `${command} of ${nodes}${before > 0 ? `, ${before} there already` : ''}: SIGKILL at ${JSON.stringify(moments)}; lists lag by ${lag} ms`,
    command,
    nodes,
    times: slowly,
    ...(before > 0 ? { before } : {}),
    bootTimes: { visible: [0, lag] },
    expects: { ready: 'all', causes: [] },
    processes: moments.map(kill),
    launchesOnce: true,
  };
};

/** The program itself is killed, or sleeps, or is not alone. */
export const controllerFaults: readonly FaultCase[] = [
  {
    name: 'killed in create, at a request',
    share: 3,
    plan: (random) => killed(random, 'create', [atRequest(random, 'create')]),
  },
  {
    name: 'killed in create, again and again',
    plan: (random) =>
      killed(
        random,
        'create',
        Array.from({ length: random.between(2, 4) }, () => atRequest(random, 'create')),
      ),
  },
  ...createPhases.map((phase) => ({
    name: `killed in create, while ${phase}`,
    plan: (random: Random) => killed(random, 'create', [atPhase(random, phase)]),
  })),
  ...pushPhases.map((phase) => ({
    name: `killed in push, while ${phase}`,
    plan: (random: Random) => killed(random, 'push', [atPhase(random, phase)]),
  })),
  {
    name: 'killed in destroy, at a request',
    share: 2,
    plan: (random) => killed(random, 'destroy', [atRequest(random, 'destroy')]),
  },
  {
    name: 'killed in destroy, while terminating',
    plan: (random) =>
      killed(random, 'destroy', [atPhase(random, random.pick(['terminating', 'terminated']))]),
  },
  {
    name: 'controller asleep',
    plan: (random) => {
      const phase = random.pick(createPhases.slice(0, -1));
      const milliseconds = random.between(1000, 6000);
      return {
        text: `create: the process sleeps for ${milliseconds} ms while ${phase}`,
        command: 'create',
        times: slowly,
        expects: { ready: 'all', causes: [] },
        processes: [{ at: atPhase(random, phase), what: { type: 'stop', milliseconds } }],
      };
    },
  },
  {
    name: 'two creates at once',
    plan: (random) => {
      const isKilled = random.isTrue(0.5);
      const lag = random.isTrue(0.5) ? random.between(200, 3000) : 0;
      return {
        text: `two create at once${isKilled ? ', one of which is killed' : ''}; lists lag by ${lag} ms`,
        command: 'create',
        hasCompanion: true,
        launchesOnce: true,
        bootTimes: { visible: [0, lag] },
        expects: { ready: 'all', causes: [] },
        ...(isKilled ? { processes: [kill(atRequest(random, 'create'))] } : {}),
      };
    },
  },
];
