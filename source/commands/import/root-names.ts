import type { LeftOut } from './left-out.ts';

type Meaning = Omit<LeftOut, 'what'>;

const oldProgram: Meaning = {
  reason: 'the old program itself',
  instead: 'spot-tui create, list and destroy do what it did',
};

/** What lies in a checkout's own folder beside what is deployed; the first pattern counts. */
const meanings: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^(?:instances\.json.*|machines\.db|output)$/,
    {
      reason: 'a record of instances, which disagreed with EC2 after any crash',
      instead:
        'EC2’s tags are the record: spot-tui list. Instances that are in it run on: end them with the old program',
    },
  ],
  [
    /^(?:debug_|quick_debug|check_|verify_|inspect_upload|.*DEBUG.*\.md$|NEW_LOG_COMMANDS)/,
    {
      reason: 'looks at a node by hand',
      instead:
        'spot-tui doctor, logs and exec; spot-tui create has checked it all before it says ready',
    },
  ],
  [
    /^(?:quick_)?fix_/,
    {
      reason: 'mends a node by hand',
      instead: 'spot-tui configure, or push after a change; r in the dashboard',
    },
  ],
  [
    /^(?:delete_vpcs|clean_?up_)/,
    {
      reason: 'removes what was left behind',
      instead:
        'spot-tui destroy removes all that create made; destroy --expired what was forgotten',
    },
  ],
  [
    /^(?:spot(?:-[\w-]+)?(?:\.sh)?|Dockerfile.*|docker-.*|DOCKER.*|.*SSO.*\.md)$/,
    {
      reason: 'starts the old program with credentials',
      instead:
        'spot-tui takes them from the environment, from profiles and from SSO by itself: --profile, or profile under aws',
    },
  ],
  [
    /^(?:.*bundle.*|.*cloud[-_]init.*|.*two_stage.*|.*cloudinit.*|updated_upload.*|startup_script\.sh)$/,
    {
      reason: 'packed or patched what was sent to nodes',
      instead: 'spot-tui create packs and sends what lies in the folder',
    },
  ],
  [
    /^(?:deploy_spot.*|spot_deployer|src|run\.py|util|core|db|ui|simplified_.*)$/,
    {
      ...oldProgram,
      reason: 'the old program itself, which switched host key checks off: spot-tui makes them',
    },
  ],
  [/^\.aws_|^(?:ubuntu_amis|available_regions)/, { reason: 'a cache of the old program' }],
  [
    /^\.env(?:rc)?$/,
    {
      reason: 'your environment, and perhaps secrets',
      instead: 'keep it where you keep such things: nothing of it is sent to nodes',
    },
  ],
];

const noPart: Meaning = { reason: 'no part of a deployment' };

/** What to say of the names in a checkout's own folder that nothing is taken of. */
export const leftOutNames = (names: readonly string[]): LeftOut[] =>
  names.map((name) => ({
    what: [name],
    ...(meanings.find(([pattern]) => pattern.test(name))?.[1] ?? noPart),
  }));
