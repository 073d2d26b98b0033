import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { FleetController } from '../../source/fleet/controller.ts';
import { findNodes } from '../../source/fleet/find-nodes.ts';
import { FleetUnderTest } from './fleet-under-test.ts';

const never = new AbortController().signal;

/** Stands in for EC2's notices: tells what is in a file, over and over. */
const watchSpotNotices = 'while :; do cat /tmp/notice 2> /dev/null; echo; sleep 0.2; done';

/** What a node does before EC2 takes it, while two people have a dashboard open. */
suite('a node that is drained', () => {
  let fleet: FleetUnderTest;
  let one: FleetController;
  let other: FleetController;
  const seenByOther: FleetEvent[] = [];
  let happened = Promise.withResolvers<void>();
  const [first, second, third] = ['us-west-2-1', 'us-west-2-2', 'us-west-2-3'] as const;

  const run = async (node: string, command: string): Promise<readonly string[]> => {
    const id = one.actions.exec([node], command);
    await one.actions.over(id);
    const { detail, output = [] } = fleet.action(id).results.get(node) ?? {};
    assert.equal(detail, 'exit status 0', output.join('\n'));
    return output;
  };
  const announce = (node: string) => {
    const time = new Date(Date.now() + 600_000).toISOString();
    return run(node, `echo '{"action":"terminate","time":"${time}"}' > /tmp/notice`);
  };
  const logOf = (events: readonly FleetEvent[], node: string, source: string): string[] =>
    events.flatMap((event) =>
      event.event === 'log' && event.node === node && event.source === source ? event.message : [],
    );
  const untilLogged = (node: string, message: RegExp, source = 'spot-tui') =>
    fleet.until(() => logOf(fleet.events, node, source).some((each) => message.test(each)));
  const untilOtherLogged = async (node: string, message: RegExp) => {
    while (!logOf(seenByOther, node, 'spot-tui').some((each) => message.test(each))) {
      await happened.promise;
    }
  };

  before(async () => {
    fleet = await FleetUnderTest.open(['us-west-2']);
    await fleet.controller.create(never);
    await fleet.controller.close();
    const { clouds, config, scripts } = fleet.options;
    const options = {
      ...fleet.options,
      config: {
        ...config,
        interruption: {
          replace: false,
          drainCommand:
            'echo once >>~/ran; echo "before $SPOT_TUI_ACTION"; until [ -e ~/go ]; do sleep 0.1; done; echo drained; exit $(cat ~/go)',
        },
      },
      scripts: { ...scripts, watchSpotNotices },
      watchFleet: true,
    };
    const nodes = await findNodes(clouds, never);
    one = new FleetController(options);
    other = new FleetController({
      ...options,
      emit: (event) => {
        seenByOther.push(event);
        happened.resolve();
        happened = Promise.withResolvers();
      },
    });
    one.attach('live', nodes, 'observe');
    other.attach('live', nodes, 'observe');
    await fleet.until(() => nodes.every(({ name }) => fleet.node(name).phase === 'ready'));
  });
  after(async () => {
    await one.close();
    await other.close();
    await fleet.close();
  });

  test('runs its command once, and both are told what it says and how it ends', async () => {
    await announce(first);
    await untilLogged(first, /^before terminate$/, 'drain');
    await run(first, 'echo 0 >~/go');
    await untilLogged(first, /^the drain command has ended well/);
    await untilOtherLogged(first, /^the drain command has ended well/);
    for (const events of [fleet.events, seenByOther]) {
      assert.deepEqual(logOf(events, first, 'drain'), ['before terminate', 'drained']);
    }
    assert.deepEqual(await run(first, 'cat ~/ran'), ['once']);
    const byOthers = [fleet.events, seenByOther].flatMap((events) =>
      logOf(events, first, 'spot-tui').filter((line) => /which somebody else had begun/.test(line)),
    );
    assert.equal(byOthers.length, 1);
  });

  test('goes on with its command over a connection that breaks, and tells a failure', async () => {
    await announce(second);
    await untilLogged(second, /^before terminate$/, 'drain');
    await fleet.harm(second, 'cut-ssh');
    // The break has been noticed once something has failed of it.
    one.actions.exec([second], 'true');
    await untilLogged(second, /connecting again/);
    await run(second, 'echo 7 >~/go');
    await untilLogged(second, /^the drain command failed: exit status 7$/);
    assert.deepEqual(logOf(fleet.events, second, 'drain'), ['before terminate', 'drained']);
    assert.deepEqual(await run(second, 'cat ~/ran'), ['once']);
    const notice = fleet.events.find(
      (event) =>
        event.event === 'notice' && event.message.startsWith(`${second}: the drain command failed`),
    );
    assert.ok(notice?.event === 'notice' && notice.level === 'warning');
  });

  test('keeps nobody from leaving, and goes on without them', async () => {
    await announce(third);
    await untilLogged(third, /^before terminate$/, 'drain');
    await other.close();
    await one.actions.over(one.actions.exec([third], 'echo 0 >~/go'));
    assert.deepEqual(await run(third, 'cat ~/ran'), ['once']);
    await run(third, 'until cat ~/.spot-tui/drain-*/status; do sleep 0.1; done');
  });
});
