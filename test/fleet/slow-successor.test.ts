import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RegionCloud } from '../../source/ec2/cloud.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import { ActionLog } from '../../source/fleet/action-log.ts';
import { noticesAs } from '../../source/fleet/notices.ts';
import { replaceInterrupted } from '../../source/fleet/replace-interrupted.ts';
import { sampleConfig } from '../config/sample-config.ts';
import { hastyRegion } from './hasty-region.ts';
import { unconnectedSessions } from './unconnected-sessions.ts';

const never = new AbortController().signal;

const unanswered: RegionCloud['tag'] = (_tags, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

test('a node that EC2 gave in time is brought up, though its name is not written in time', async () => {
  const cloud = hastyRegion({ tag: unanswered });
  const events: FleetEvent[] = [];
  const emit = (event: FleetEvent) => void events.push(event);
  const clock = Date.now;
  // All timeouts are of a millisecond, and all but the name is there without a turn of the loop.
  const config = sampleConfig();
  const sessions = unconnectedSessions({ config, emit, clock });
  const taken = sessions.open({ name: 'us-west-2-1', region: 'us-west-2', index: 1 });
  const old = await launchOne(cloud);
  taken.observed(old, 22);
  const action = new ActionLog({ emit, clock, by: 'spot-tui' }).begin('replace', [taken.name]);
  await replaceInterrupted(
    action,
    { taken, old },
    {
      config,
      clouds: [cloud],
      sessions,
      machines: { inTurn: (_region, _signal, work) => work() },
      buildUserData: async () => ({ userData: '{}', warnings: [] }),
      notices: noticesAs(emit, clock),
      clock,
    },
    never,
  );
  const result = action.results.get(taken.name);
  assert.match(result?.detail ?? '', /^us-west-2-2 has its place: booting: /);
  const notices = events.flatMap((event) => (event.event === 'notice' ? event.message : []));
  assert.deepEqual(notices, [
    'us-west-2-2 was launched, and its name not written: not done after 0 s',
  ]);
});

const launchOne = async (cloud: RegionCloud) => {
  await cloud.launch({ count: 1, userData: '{}' }, never);
  const [instance] = await cloud.describe(never);
  assert.ok(instance !== undefined);
  return instance;
};
