import { generateHostKey } from '../../source/sandbox/node/host-key.ts';
import type { FaultCase, Ground } from './fault.ts';
import type { CommandName } from './model-commands.ts';
import type { Interference } from './model-hypervisor.ts';
import type { ModelMachine } from './model-machine.ts';

/** The command that a phase of a node's way waits for. */
const commandOf = {
  connecting: 'handshake',
  uploading: 'receive-payload',
  'cloud-init': 'await-cloud-init',
  configuring: 'trigger-configuration',
  verifying: 'inspect-node',
} as const satisfies Record<string, CommandName | 'handshake'>;

const phases = ['connecting', 'uploading', 'cloud-init', 'configuring', 'verifying'] as const;

/** Machines that a fault strikes: the first ones that come to where it is. */
const chosen = (count: number): ((machine: ModelMachine) => boolean) => {
  const struck = new Set<ModelMachine>();
  return (machine) => {
    if (struck.size < count) struck.add(machine);
    return struck.has(machine);
  };
};

/** What is done to a command must find it: nobody asks where the node goes on by itself. */
const askForCloudInit = (
  phase: keyof typeof commandOf,
  name: CommandName | 'handshake',
  machine: ModelMachine,
): void => {
  if (phase === 'cloud-init' && name === 'receive-payload') machine.hasWarnings = true;
};

const heal = (ground: Ground): void => {
  ground.interfere = () => undefined;
};

/** SSH is reset some times in one phase; everything can be repeated. */
const resets: readonly FaultCase[] = phases.map((phase) => ({
  name: `SSH reset while ${phase}`,
  plan: (random) => {
    const when = random.pick(['before', 'middle', 'after'] as const);
    const times = random.between(1, 3);
    const isMine = chosen(random.between(1, 3));
    const command = phase === 'connecting' || random.isTrue(0.7) ? 'create' : 'push';
    return {
      text: `${command}: SSH reset ${times} times, ${when} the answer, while ${phase}`,
      command,
      expects: { ready: 'all', causes: [] },
      arm: (ground) => {
        const counts = new Map<ModelMachine, number>();
        ground.interfere = (name, machine) => {
          askForCloudInit(phase, name, machine);
          const count = counts.get(machine) ?? 0;
          if (name !== commandOf[phase] || count >= times || !isMine(machine)) return undefined;
          counts.set(machine, count + 1);
          ground.note(`${name} on ${machine.request.instanceId}: reset ${when}`);
          return { type: 'reset', when };
        };
      },
      heal,
    };
  },
}));

/** One node does not get on in one phase: it fails there, in time, and no other node does. */
const stuck: readonly FaultCase[] = phases.map((phase) => ({
  name: `node stuck while ${phase}`,
  share: 0.6,
  plan: (random) => {
    const type = random.pick(['hang', 'freeze'] as const);
    const isMine = chosen(1);
    const seconds = random.between(3, 5);
    return {
      text: `create: one node ${type}s while ${phase}, which may take ${seconds} s`,
      command: 'create',
      expects: {
        ready: 'some',
        failures: 1,
        causes: [
          new RegExp(`${phase} took longer than ${seconds} s`),
          new RegExp(`no SSH connection .* within ${seconds} s`),
          new RegExp(`did not tell within ${seconds} s`),
          // A frozen connection takes along what else goes through it.
          ...(type === 'freeze' ? [/connection .* broke/, /uploading took longer than/] : []),
        ],
      },
      timeouts: { uploading: 8, [phase]: seconds },
      arm: (ground) => {
        ground.interfere = (name, machine): Interference | undefined => {
          askForCloudInit(phase, name, machine);
          return name === commandOf[phase] && isMine(machine) ? { type } : undefined;
        };
      },
      heal,
    };
  },
}));

/** Slowness, full disks, other keys. */
const others: readonly FaultCase[] = [
  {
    name: 'SSH storm',
    share: 2,
    plan: (random) => {
      const command = random.pick(['create', 'push'] as const);
      const probability = random.between(5, 30) / 100;
      return {
        text: `${command}: each command and handshake is reset with a probability of ${probability}`,
        command,
        timeouts: { connecting: 60, uploading: 60, configuring: 60, verifying: 60 },
        expects: { ready: 'all', causes: [] },
        arm: (ground) => {
          ground.interfere = () =>
            ground.random.isTrue(probability)
              ? { type: 'reset', when: ground.random.pick(['before', 'middle', 'after'] as const) }
              : undefined;
        },
        heal,
      };
    },
  },
  {
    name: 'nodes slow',
    plan: (random) => {
      const milliseconds = random.between(200, 1500);
      return {
        text: `create: every command takes up to ${milliseconds} ms longer`,
        command: 'create',
        expects: { ready: 'all', causes: [] },
        times: () => ({ boot: 2 * milliseconds, cloudInit: milliseconds, configure: milliseconds }),
        arm: (ground) => {
          ground.interfere = () => ({
            type: 'delay',
            milliseconds: ground.random.between(0, milliseconds),
          });
        },
        heal,
      };
    },
  },
  {
    name: 'disk full',
    plan: (random) => {
      const command = random.pick(['create', 'push'] as const);
      const moment = random.pick(['handshake', 'trigger-configuration'] as const);
      return {
        text: `${command}: disks are full from the ${moment} on`,
        command,
        expects: { ready: 'some', failures: 1, causes: [/no space left/, /free/] },
        arm: (ground) => {
          const isMine = chosen(ground.random.between(1, 3));
          ground.interfere = (name, machine) => {
            if (name === moment && isMine(machine)) machine.isDiskFull = true;
            return undefined;
          };
        },
        heal: (ground) => {
          heal(ground);
          for (const machine of ground.hypervisor.machines.values()) machine.isDiskFull = false;
        },
      };
    },
  },
  {
    name: 'host key not the one on the console',
    plan: () => ({
      text: 'create: one node offers another key than its console shows',
      command: 'create',
      expects: { ready: 'some', failures: 1, causes: [/host key/] },
      arm: (ground) => {
        const isMine = chosen(1);
        const keys = new Map<ModelMachine, ModelMachine['hostKey']>();
        ground.interfere = (name, machine) => {
          if (name === 'handshake' && isMine(machine) && !keys.has(machine)) {
            keys.set(machine, machine.hostKey);
            machine.offeredKey = generateHostKey();
            ground.note(`${machine.request.instanceId} offers another key`);
          }
          return undefined;
        };
      },
      heal: (ground) => {
        heal(ground);
        for (const machine of ground.hypervisor.machines.values()) machine.offeredKey = undefined;
      },
    }),
  },
  {
    name: 'host key changed since',
    plan: () => ({
      text: 'push: one node offers another key than when it was made',
      command: 'push',
      expects: { ready: 'some', failures: 1, causes: [/host key/] },
      arm: (ground) => {
        const [machine] = ground.hypervisor.machines.values();
        if (machine === undefined) throw new Error('there is no machine');
        machine.offeredKey = generateHostKey();
        // Whoever sits in between would show it on no console of EC2's.
        ground.note(`${machine.request.instanceId} offers another key`);
      },
      heal: (ground) => {
        for (const machine of ground.hypervisor.machines.values()) machine.offeredKey = undefined;
      },
    }),
  },
];

export const nodeFaults: readonly FaultCase[] = [...resets, ...stuck, ...others];
