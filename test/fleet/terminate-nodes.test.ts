import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { builtInConfig } from '../../source/config/built-in.ts';
import type { ActionName, FleetEvent } from '../../source/events/event.ts';
import { ActionLog } from '../../source/fleet/action-log.ts';
import { replaceNodes } from '../../source/fleet/replace-nodes.ts';
import { terminateNodes } from '../../source/fleet/terminate-nodes.ts';
import { interpose, refusal } from '../ec2/interposed.ts';
import { startAccount } from './launcher.ts';

const { timeouts } = builtInConfig({
  templatesFolder: 'templates',
  privateKeyPath: 'key',
  publicKeyPath: 'key.pub',
});

const never = new AbortController().signal;

const [first, second, third] = ['us-west-2-1', 'us-west-2-2', 'us-west-2-3'] as const;

/** Three nodes, of which EC2 does not terminate the second one, and an action on them. */
const startFleet = async (context: TestContext, name: ActionName) => {
  const account = await startAccount(context);
  let kept = '';
  const endpoint = await interpose(context, account.endpoint.url, async (call) => {
    const isKept = Object.values(call.form).includes(kept);
    return call.action === 'TerminateInstances' && isKept
      ? refusal('OperationNotPermitted')
      : call.forward();
  });
  // Nobody looks at what was launched: that it runs is not waited for.
  const config = { timeouts: { ...timeouts, booting: 1 } };
  const launcher = account.open({ endpoint, config });
  const { machines, sessions } = launcher;
  await launcher.create(3);
  const results = new Map<string, string>();
  const emit = (event: FleetEvent) => {
    if (event.event !== 'action-result') return;
    results.set(event.node, `${event.status}: ${event.detail}`);
  };
  const log = new ActionLog({ emit, clock: Date.now, by: 'somebody@somewhere' });
  const action = log.begin(name, [first, second, third]);
  kept = sessions.named([second])[0]?.machine.instanceId ?? '';
  return { account, action, kept, machines, results, sessions: sessions.all };
};

test('an instance that EC2 does not terminate fails its own node, and no other', async (context) => {
  const { action, kept, machines, results, sessions } = await startFleet(context, 'terminate');
  const why = `us-west-2: can't terminate ${kept}: `;
  await assert.rejects(terminateNodes(action, sessions, machines, never), new RegExp(why));
  assert.equal(results.get(first), 'succeeded: EC2 terminates it');
  assert.match(results.get(second) ?? '', new RegExp(`^failed: ${why}`));
  assert.equal(results.get(third), 'succeeded: EC2 terminates it');
  const isDismissed = sessions.map((session) => session.isDismissed);
  assert.deepEqual(isDismissed, [true, false, true], 'they were ended from here');
});

test('a node whose machine EC2 does not end keeps it, the others get new ones', async (context) => {
  const { account, action, kept, machines, results, sessions } = await startFleet(
    context,
    'replace',
  );
  const old = sessions.map(({ machine }) => machine.instanceId);
  const launching = {
    machines,
    buildUserData: async () => ({ userData: '{}', warnings: [] }),
    clock: Date.now,
    confirmed: undefined,
  };
  const why = `us-west-2: can't terminate ${kept}: `;
  await assert.rejects(replaceNodes(action, sessions, launching, never), new RegExp(why));
  assert.match(results.get(second) ?? '', new RegExp(`^failed: ${why}`));
  const now = sessions.map(({ machine }) => machine.instanceId);
  assert.equal(now[1], kept);
  assert.deepEqual(
    now.filter((instanceId) => old.includes(instanceId)),
    [kept],
  );
  assert.equal(account.launched().length, 5);
});
