import type { Disruption } from './chaos-proxy.ts';
import type { FaultCase, FaultPlan, Ground, StruckCommand } from './fault.ts';
import type { Random } from './random.ts';

const commands: readonly StruckCommand[] = ['create', 'create', 'push', 'destroy'];

/** Requests that a command makes, at least: where a fault may begin. */
const lengths: Readonly<Record<StruckCommand, number>> = { create: 18, push: 3, destroy: 30 };

/** Strikes some requests in a row, fewer than the SDK's attempts at one. */
const passing = (
  random: Random,
  name: string,
  disruption: (random: Random) => Disruption,
  settings: Partial<FaultPlan> & { readonly most?: number } = {},
): FaultPlan => {
  const { most = 3, ...rest } = settings;
  const command = rest.command ?? random.pick(commands);
  const first = random.between(0, lengths[command]);
  const count = random.between(1, most);
  const what = disruption(random);
  return {
    text: `${command}: ${name} ${JSON.stringify(what)} for requests ${first} to ${first + count - 1}`,
    command,
    expects: { ready: 'all', causes: [] },
    arm: (ground) => {
      let struck = 0;
      ground.disrupt = ({ action, nth }) => {
        if (nth < first || struck >= count) return undefined;
        struck += 1;
        ground.note(`${action} struck: ${JSON.stringify(what)}`);
        return what;
      };
    },
    heal,
    ...rest,
  };
};

const heal = (ground: Ground): void => {
  ground.disrupt = () => undefined;
};

/** Strikes all requests from one on, until healed: the command can't do its work. */
const lasting = (
  random: Random,
  name: string,
  disruption: Disruption,
  causes: readonly RegExp[],
): FaultPlan => {
  const command = random.pick(commands);
  const first = random.between(0, lengths[command]);
  return {
    text: `${command}: ${name} from request ${first} on`,
    command,
    // The SDK's own attempts take 15 s, and on a busy machine longer than the phase has, before
    // anybody hears what they come to.
    expects: { ready: 'some', causes: [...causes, /EC2 has not answered all that it was asked/] },
    timeouts: { launching: 30, booting: 30 },
    // What passes by itself is waited out for minutes otherwise.
    words: ['--timeout', '45s'],
    arm: (ground) => {
      ground.disrupt = ({ nth }) => (nth < first ? undefined : disruption);
    },
    heal,
  };
};

const when = (random: Random): 'before' | 'after' => random.pick(['before', 'after', 'after']);

const throttled = {
  type: 'refuse',
  code: 'RequestLimitExceeded',
  message: 'Request limit exceeded.',
  status: 503,
} as const;

const expired = (ground: Ground, from: string): Disruption => {
  ground.note(`credentials ${from} have expired`);
  return { type: 'refuse', code: 'RequestExpired', message: 'Request has expired.', status: 400 };
};

/** One of those that pass, but for answers that never come, which take a minute each. */
const anyDisruption = (random: Random): Disruption =>
  random.pick<Disruption>([
    { type: 'drop', when: when(random) },
    { type: 'truncate' },
    { type: 'status', status: random.pick([500, 502, 503, 504]), when: when(random) },
    { type: 'delay', milliseconds: random.between(50, 1500) },
    throttled,
  ]);

/** The way to EC2, and EC2's own troubles. */
export const apiFaults: readonly FaultCase[] = [
  {
    name: 'throttled for a while',
    plan: (random) => {
      const seconds = random.between(2, 8);
      return {
        text: `create: all requests throttled for ${seconds} s`,
        command: 'create',
        expects: { ready: 'all', causes: [] },
        timeouts: { launching: 60, booting: 60 },
        arm: async ({ endpoint }) => {
          await endpoint.injectFault({ kind: 'throttle', seconds });
        },
        heal: ({ endpoint }) => endpoint.clearFaults(),
      };
    },
  },
  {
    name: 'throttled for good',
    share: 0.5,
    plan: (random) =>
      lasting(random, 'throttled', throttled, [/Request limit exceeded|RequestLimitExceeded/]),
  },
  {
    name: 'server errors',
    plan: (random) =>
      passing(random, 'server error', () => ({
        type: 'status',
        status: random.pick([500, 502, 503, 504]),
        when: when(random),
      })),
  },
  {
    name: 'server errors for good',
    share: 0.5,
    plan: (random) =>
      lasting(random, 'status 503', { type: 'status', status: 503, when: 'before' }, [
        /503|unavailable|Unknown|is a web page/i,
      ]),
  },
  {
    name: 'connections dropped',
    share: 2,
    plan: (random) =>
      passing(random, 'connection dropped', () => ({ type: 'drop', when: when(random) })),
  },
  {
    name: 'answers to launches lost',
    share: 1.5,
    plan: (random) => {
      // The SDK asks six times before the program hears of it.
      const count = random.between(1, 9);
      const action = random.pick(['CreateFleet', 'CreateFleet', 'CreateTags']);
      const lag = random.isTrue(0.5) ? random.between(200, 3000) : 0;
      return {
        text: `create: ${count} answers to ${action} are lost; lists lag by ${lag} ms`,
        command: 'create',
        bootTimes: { visible: [0, lag] },
        launchesOnce: true,
        expects: { ready: 'all', causes: [] },
        arm: (ground) => {
          let struck = 0;
          ground.disrupt = (request) => {
            if (request.action !== action || struck >= count) return undefined;
            struck += 1;
            ground.note(`the answer to ${action} is lost`);
            return { type: 'drop', when: 'after' };
          };
        },
        heal,
      };
    },
  },
  {
    name: 'connections dropped for good',
    share: 0.5,
    plan: (random) =>
      lasting(random, 'connection dropped', { type: 'drop', when: 'before' }, [
        /ECONNRESET|socket hang up|reset/,
      ]),
  },
  {
    name: 'answers cut short',
    share: 2,
    plan: (random) => passing(random, 'answer cut short', () => ({ type: 'truncate' })),
  },
  {
    name: 'connections half-open',
    share: 0.25,
    plan: (random) => ({
      ...passing(random, 'no answer', () => ({ type: 'half-open', when: when(random) }), {
        most: 1,
        command: 'create',
        timeouts: { launching: 150, booting: 150 },
      }),
    }),
  },
  {
    name: 'answers late',
    plan: (random) =>
      passing(random, 'late', () => ({ type: 'delay', milliseconds: random.between(300, 3000) }), {
        most: 8,
      }),
  },
  {
    name: 'network storm',
    share: 2,
    plan: (random) => {
      const command = random.pick(commands);
      const probability = random.between(5, 20) / 100;
      return {
        text: `${command}: each request fails in some way with a probability of ${probability}`,
        command,
        bootTimes: { visible: [0, random.between(0, 2000)] },
        timeouts: { launching: 90, booting: 90 },
        expects: { ready: 'all', causes: [] },
        arm: (ground) => {
          ground.disrupt = ({ action }) => {
            if (!ground.random.isTrue(probability)) return undefined;
            const disruption = anyDisruption(ground.random);
            ground.note(`${action} struck: ${JSON.stringify(disruption)}`);
            return disruption;
          };
        },
        heal,
      };
    },
  },
  {
    name: 'lists lag behind',
    share: 1.5,
    plan: (random) => {
      const longest = random.between(500, 6000);
      return {
        text: `create: instances show up to others after up to ${longest} ms`,
        command: 'create',
        bootTimes: { visible: [longest / 2, longest] },
        expects: { ready: 'all', causes: [] },
      };
    },
  },
  {
    name: 'credentials expire, renewed',
    plan: (random) => {
      const command = random.pick(commands);
      const first = random.between(0, lengths[command]);
      const pause = random.between(0, 3000);
      return {
        text: `${command}: credentials expire at request ${first}, renewed after ${pause} ms`,
        command,
        expects: { ready: 'all', causes: [] },
        timeouts: { launching: 60, booting: 60 },
        arm: (ground) => {
          let old: string | undefined;
          ground.disrupt = ({ accessKeyId, nth }) => {
            if (nth < first) return undefined;
            if (old === undefined) {
              old = accessKeyId;
              ground.background(
                new Promise((resolve) => setTimeout(resolve, pause)).then(() =>
                  ground.renewCredentials(),
                ),
              );
            }
            return accessKeyId === old ? expired(ground, accessKeyId) : undefined;
          };
        },
        heal: async (ground) => {
          await ground.renewCredentials();
          heal(ground);
        },
      };
    },
  },
  {
    name: 'credentials expire',
    plan: (random) => {
      const command = random.pick(commands);
      const first = random.between(0, lengths[command]);
      return {
        text: `${command}: credentials expire at request ${first}`,
        command,
        expects: { ready: 'some', causes: [/expired|credentials/i] },
        timeouts: { launching: 30, booting: 30 },
        // Where the program waits for new credentials, it need not wait longer than this.
        words: ['--timeout', '45s'],
        arm: (ground) => {
          ground.disrupt = ({ accessKeyId, nth }) =>
            nth < first ? undefined : expired(ground, accessKeyId);
        },
        heal: async (ground) => {
          heal(ground);
          await ground.renewCredentials();
        },
      };
    },
  },
  {
    name: 'clocks differ',
    plan: (random) => {
      const offset = random.pick([-1, 1]) * random.between(10, 600) * 60_000;
      return {
        text: `EC2's clock is ${offset / 60_000} minutes off`,
        command: random.pick(commands),
        expects: { ready: 'all', causes: [] },
        arm: (ground) => {
          ground.serverClockOffset = offset;
          ground.disrupt = ({ signedAt }) =>
            Math.abs(Date.now() + ground.serverClockOffset - signedAt) > 300_000
              ? {
                  type: 'refuse',
                  code: 'RequestExpired',
                  message: `Request has expired. Timestamp date is ${new Date(signedAt).toISOString()}`,
                  status: 400,
                }
              : undefined;
        },
        heal: (ground) => {
          ground.serverClockOffset = 0;
          heal(ground);
        },
      };
    },
  },
  {
    name: 'clock jumps',
    plan: (random) => {
      const offset = random.pick([-1, 1]) * random.between(1, 180) * 60_000;
      const phase = random.pick(['launching', 'booting', 'connecting', 'cloud-init', 'verifying']);
      return {
        text: `create: the clock jumps by ${offset / 60_000} minutes while ${phase}`,
        command: 'create',
        expects: { ready: 'all', causes: [] },
        arm: (ground) =>
          ground.whenPhase(phase, () => {
            ground.world.clockOffset = offset;
          }),
        heal: (ground) => {
          ground.world.clockOffset = 0;
        },
      };
    },
  },
  {
    name: 'no name service',
    plan: (random) => {
      const isLasting = random.isTrue(0.5);
      const pause = random.between(500, 4000);
      return {
        text: `create: names can't be resolved ${isLasting ? 'at all' : `for ${pause} ms`}`,
        command: 'create',
        expects: { ready: 'some', causes: [/EAI_AGAIN|resolve/] },
        arm: (ground) => {
          ground.world.hasDns = false;
          if (isLasting) return;
          ground.background(
            new Promise((resolve) => setTimeout(resolve, pause)).then(() => {
              ground.world.hasDns = true;
            }),
          );
        },
        heal: (ground) => {
          ground.world.hasDns = true;
        },
      };
    },
  },
];
