import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInConfig } from '../../source/config/built-in.ts';
import { type Instance, tagNames } from '../../source/ec2/cloud.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import { describeRefusals, moveNodes } from '../../source/fleet/move-nodes.ts';
import { unconnectedSessions } from './unconnected-sessions.ts';

const stranger = (region: string, name: string): Instance => ({
  instanceId: `i-${name}`,
  region,
  zone: `${region}a`,
  instanceType: 't3.medium',
  imageId: 'ami-1',
  state: 'running',
  launchedAt: 0,
  lifecycle: 'spot',
  tags: { [tagNames.node]: name },
});

/**
 * Two nodes in us-west-2 that find nothing there, while somebody else has launched instances, and
 * the regions that are given have as many as are asked for.
 */
const move = async (strangers: readonly Instance[], generous: readonly string[]) => {
  const config = builtInConfig({
    templatesFolder: '/t',
    privateKeyPath: '/k',
    publicKeyPath: '/p',
  });
  const events: FleetEvent[] = [];
  const asked: string[] = [];
  const emit = (event: FleetEvent) => events.push(event);
  const sessions = unconnectedSessions({ config, emit, clock: () => 0 });
  const home = 'us-west-2';
  const unmet = [1, 2].map((index) =>
    sessions.open({ name: `${home}-${index}`, region: home, index }),
  );
  const answer = await moveNodes({
    config,
    sessions,
    emit,
    clock: () => 0,
    region: home,
    unmet,
    reason: 'no capacity in us-west-2',
    takesStrangers: true,
    isRefused: () => false,
    isWanted: () => true,
    signal: new AbortController().signal,
    clouds: config.regions.map(({ region }) => ({
      region,
      describe: () => Promise.resolve(strangers.filter((each) => each.region === region)),
    })),
    launchIn: (region, wanted) => {
      asked.push(`${region}: ${wanted.map(({ name }) => name).join()}`);
      if (generous.includes(region)) {
        for (const session of wanted) {
          session.launched({ instanceId: `i-${session.name}`, instanceType: 't3.medium' });
        }
      }
      return Promise.resolve(undefined);
    },
  });
  for (const session of sessions.all) session.close();
  const moves = events.flatMap((each) => (each.event === 'moved' ? `${each.node} ${each.to}` : []));
  return { asked, moves, unmet: answer.unmet.map(({ name }) => name) };
};

test('what somebody else launched for the same shortage is taken, and not launched again', async () => {
  const others = ['us-east-1-1', 'us-east-1-2'].map((name) => stranger('us-east-1', name));
  assert.deepEqual(await move(others, ['us-east-1']), {
    asked: ['us-east-1: us-east-1-1,us-east-1-2'],
    moves: ['us-west-2-1 us-east-1-1', 'us-west-2-2 us-east-1-2'],
    unmet: [],
  });
});

test('what somebody else got at home is taken there, under the name that the node has', async () => {
  const { asked, moves } = await move(
    [stranger('us-west-2', 'us-west-2-1')],
    ['us-west-2', 'us-east-1'],
  );
  assert.deepEqual(asked, ['us-west-2: us-west-2-1', 'us-east-1: us-east-1-1']);
  assert.deepEqual(moves, ['us-west-2-2 us-east-1-1']);
});

test('regions are asked until they have too little, and who finds nothing keeps its name', async () => {
  const first = ['us-east-1: us-east-1-1', 'eu-west-1: eu-west-1-1'];
  assert.deepEqual(await move([], []), {
    asked: first,
    moves: [],
    unmet: ['us-west-2-1', 'us-west-2-2'],
  });
  assert.deepEqual(await move([], ['eu-west-1']), {
    asked: [...first, 'eu-west-1: eu-west-1-2'],
    moves: ['us-west-2-2 eu-west-1-1', 'us-west-2-1 eu-west-1-2'],
    unmet: [],
  });
});

test('refusals are told by what was refused, and where', () => {
  const code = 'InsufficientInstanceCapacity';
  const zones = ['us-west-2b', 'us-west-2a'];
  assert.equal(
    describeRefusals([
      ...zones.map((zone) => ({ code, message: '', instanceType: 't3.medium', zone })),
      { code: 'VcpuLimitExceeded', message: '' },
    ]),
    't3.medium in us-west-2a, us-west-2b: InsufficientInstanceCapacity; VcpuLimitExceeded',
  );
});
