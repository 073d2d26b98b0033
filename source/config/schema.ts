import * as z from 'zod';
import type { TimedPhase } from './config.ts';
import { deploymentNamePattern } from './deployment-name.ts';
import { duration, expecting, list, oneOf, text, yesNo } from './fields.ts';
import { aws } from './schema-aws.ts';
import { region } from './schema-region.ts';
import { secrets } from './schema-secrets.ts';

const second = 1000;

const timeout = (written: string, description: string) =>
  duration(
    written,
    { minimum: second, maximum: 24 * 3600 * second, words: 'from 1s to 24h' },
    { description },
  ).prefault(written);

export const timeouts = z
  .strictObject(
    {
      launching: timeout('5m', 'Until EC2 has answered the launch with an instance.'),
      booting: timeout('5m', 'Until the instance is running and has an address.'),
      connecting: timeout('5m', 'Until SSH lets us in.'),
      uploading: timeout('10m', 'Until the payload is on the node.'),
      'cloud-init': timeout('15m', 'Until cloud-init is done.'),
      configuring: timeout('10m', 'Until configure-services has done its work.'),
      verifying: timeout('3m', 'Until every check has passed.'),
    } satisfies Record<TimedPhase, z.ZodType>,
    expecting('a map of phases and durations such as {booting: 5m}'),
  )
  .meta({ description: 'How long each phase of a node may take, such as `90s`, `2m` or `1h30m`.' });

const service = text(
  'the name of a systemd unit such as "bacalhau-startup.service"',
  /^[A-Za-z0-9:_.@\\-]{1,255}$/,
  {
    description: 'A systemd unit; `.service` may be left out.',
    examples: ['bacalhau-startup.service'],
  },
);

const container = text(
  'the name of a container such as "bacalhau-node"',
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/,
  { description: 'A container of Docker.', examples: ['bacalhau-node'] },
);

export const check = z.strictObject(
  {
    name: text('a name for the check such as "disk is mounted"', /^[^\x00-\x1f\x7f]{1,80}$/, {
      description: 'Shown where the check passes or fails.',
      examples: ['disk is mounted'],
    }),
    command: text(
      'a shell command such as "mountpoint -q /bacalhau_data"',
      /^(?=[\s\S]*\S)[^\x00-\x08\x0b-\x1f\x7f]+$/,
      {
        description: 'Runs on the node as the login user; exit status 0 means passed.',
        examples: ['mountpoint -q /bacalhau_data'],
      },
    ),
  },
  expecting('a map such as {name: disk is mounted, command: mountpoint -q /bacalhau_data}'),
);

const key = text(
  'a key such as "x", "X", "ctrl-x", "space" or "page-down"',
  /^(?:[^\s\x00-\x1f\x7f]|ctrl-[a-z]|space|up|down|left|right|page-up|page-down|home|end|enter|tab)$/u,
  {
    description: 'A key of the dashboard: a character, or the name of a key.',
    examples: ['x', 'ctrl-x'],
  },
);

const keys = z
  .record(
    z.string().regex(/^[a-z][a-z-]{0,30}$/, expecting('a command such as "retry"')),
    z.union([key, z.array(key)], expecting('a key such as "x", or a list of keys')),
    expecting('a map of commands and keys such as {retry: x, push: [u, ctrl-u]}'),
  )
  .meta({
    description:
      "Keys of the dashboard by command, in place of the command's own; the readme lists the commands.",
    examples: [{ retry: 'x', push: ['u', 'ctrl-u'] }],
  });

/** The configuration file as it is written, without what an empty key stands for. */
export const configFile = z
  .strictObject(
    {
      deployment: text(
        'a name of at most 50 letters, digits and ._- such as "my-fleet"',
        deploymentNamePattern,
        {
          description:
            'Name of the deployment, by which its instances are found; absent means the name of the folder.',
          examples: ['my-fleet'],
        },
      ).optional(),
      aws: aws.prefault({}),
      regions: list('a list of regions such as [us-west-2, us-east-1]', region, {
        description: 'Regions to launch in; the first gets what remains of an even spread.',
        examples: [['us-west-2', { 'us-east-1': { machine_type: 't3.medium' } }]],
      }).min(1, expecting('at least one region such as [us-west-2]')),
      services: list('a list of systemd units such as [bacalhau-startup.service]', service, {
        description: 'Units that must be active; absent means every service of the payload.',
      }).optional(),
      containers: list('a list of containers such as [bacalhau-node]', container, {
        description: "Containers that must run; absent means those of the payload's compose files.",
      }).optional(),
      checks: list(
        'a list of checks such as [{name: disk is mounted, command: mountpoint -q /bacalhau_data}]',
        check,
        {
          description: 'Commands that must succeed on a node before it is ready.',
        },
      ).prefault([]),
      images: z
        .record(
          z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, expecting('a name such as "bacalhau"')),
          text(
            'a container image such as "ghcr.io/bacalhau-project/bacalhau:latest-dind"',
            /^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,511}$/,
            { description: 'A container image.' },
          ),
          expecting(
            'a map of images such as {bacalhau: "ghcr.io/bacalhau-project/bacalhau:latest-dind"}',
          ),
        )
        .prefault({})
        .meta({
          description:
            'Container images by the name that the compose files use: `bacalhau` is $BACALHAU_IMAGE there.',
          examples: [{ bacalhau: 'ghcr.io/bacalhau-project/bacalhau:latest-dind' }],
        }),
      secrets: secrets.prefault({}),
      timeouts: timeouts.prefault({}),
      settle_time: duration(
        '5s',
        { minimum: 0, maximum: 600 * second, words: 'up to 10m' },
        {
          description: 'How long a service must have run before it counts as started.',
        },
      ).prefault('5s'),
      health_interval: duration(
        '20s',
        { minimum: second, maximum: 3600 * second, words: 'from 1s to 1h' },
        {
          description:
            'How often a node that is ready is looked at, by the dashboard and with `--watch`.',
        },
      ).prefault('20s'),
      placement: oneOf(['spread', 'anywhere'], {
        description:
          'Where nodes go that a region has no capacity for: `anywhere` for the other regions of the list, `spread` for nowhere.',
      }).prefault('anywhere'),
      ttl: duration(
        '8h',
        { minimum: 60 * second, maximum: 365 * 24 * 3600 * second, words: 'from 1m to 8760h' },
        {
          description:
            'How long nodes may live before `destroy --expired` takes them; absent means for ever.',
          examples: ['8h'],
        },
      ).optional(),
      replace_interrupted: yesNo({
        description:
          'Whether a node that EC2 takes back is replaced at once, in another pool if there is one, while `create`, the dashboard or `--watch` is there.',
      }).prefault(false),
      drain_command: text(
        'a shell command such as "systemctl stop bacalhau-startup.service"',
        /^(?=[\s\S]*\S)[^\x00-\x08\x0b-\x1f\x7f]+$/,
        {
          description:
            'Runs on a node as the login user once EC2 says that it takes it back, for as long as there is time.',
          examples: ['sudo systemctl stop bacalhau-startup.service'],
        },
      ).optional(),
      unverified_host_keys: oneOf(['fail', 'pin'], {
        description:
          'What to do with a node whose console does not show its host key in time: `fail`, or `pin` the key that it offers; absent means `fail` with `--ci`, else `pin`.',
      }).optional(),
      keys: keys.optional(),
    },
    expecting('a map with the keys "aws" and "regions"'),
  )
  .meta({ title: 'spot-tui configuration' });

/** A valid file with its defaults; durations in milliseconds. */
export type ConfigFile = z.output<typeof configFile>;

/** A file as it may be written. */
export type WrittenConfig = z.input<typeof configFile>;
