import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import { type Crossing, crossSandbox, type Gate } from './crossing.ts';
import { lines, User } from './program.ts';

/** Writes of the launch's record, in its state. */
const isNote = ({ action, form }: Crossing, state: string): boolean =>
  action === 'CreateTags' &&
  form['Tag.1.Key'] === 'spot-tui:launch' &&
  (form['Tag.1.Value'] ?? '').split(' ')[1] === state;

const isLaunch = ({ action }: Crossing): boolean => action === 'CreateFleet';

const isName = ({ action, form }: Crossing): boolean =>
  action === 'CreateTags' && form['Tag.1.Key'] === 'spot-tui:node';

const points: readonly (readonly [
  string,
  keyof Gate & ('before' | 'after'),
  (crossing: Crossing) => boolean,
])[] = [
  ['before the launch is written down', 'before', (crossing) => isNote(crossing, 'open')],
  ['before EC2 gets the launch', 'before', isLaunch],
  ['while EC2’s answer is on its way', 'after', isLaunch],
  ['before the nodes have their names', 'before', isName],
  ['before the launch is concluded', 'before', (crossing) => isNote(crossing, 'done')],
  ['as soon as the launch is concluded', 'after', (crossing) => isNote(crossing, 'done')],
];

/** Looks at the list of instances in which the new ones are missing still. */
const blindLooks = 4;

suite('a create that is killed and run again', { concurrency: 2 }, () => {
  for (const [when, side, isMoment] of points) {
    test(`${when} launches what is configured, once`, async () => {
      const user = await User.create();
      try {
        const words = [
          'create',
          '--sandbox=fast',
          '--json',
          '--count',
          '3',
          '--region',
          'us-west-2',
        ];
        await user.run(['list', '--sandbox=fast']);
        const crossing = await crossSandbox(user.home);
        try {
          const killed = user.start(words);
          const ended = once(killed, 'exit');
          crossing.gate = {
            [side]: async (passing: Crossing) => {
              if (!isMoment(passing)) return;
              killed.kill('SIGKILL');
              // What waits here never goes on: neither to EC2 nor back from there.
              await new Promise(() => undefined);
            },
          };
          const [, signal] = await ended;
          assert.equal(signal, 'SIGKILL');

          let looks = 0;
          crossing.gate = {
            instead: ({ action }) => {
              if (action !== 'DescribeInstances') return undefined;
              looks += 1;
              return looks <= blindLooks ? '<reservationSet/>' : undefined;
            },
          };
          const { status, stdout } = await user.run(words);
          assert.equal(status, 0, stdout);
          const events = lines(stdout);
          assert.equal(events.at(-1)?.ready, 3);
          const nodes = new Set(events.flatMap(({ node }) => (node === undefined ? [] : [node])));
          assert.deepEqual([...nodes].sort(), ['us-west-2-1', 'us-west-2-2', 'us-west-2-3']);
          assert.ok(looks > blindLooks);
          assert.equal((await crossing.launched()).length, 3);
        } finally {
          await crossing.close();
        }
      } finally {
        await user.remove();
      }
    });
  }
});
