import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { emptyAccount, groupSet, keySet, reservationSet, templateSet } from './account.ts';
import { type Answer, type Handler, startRecordingEndpoint } from './recording-endpoint.ts';
import { openAccountCloud, patient } from './region.ts';

const startAccount = async (
  context: TestContext,
  handlers: Readonly<Record<string, Handler | Answer>> = {},
) => {
  const endpoint = await startRecordingEndpoint({ ...emptyAccount(), ...handlers });
  context.after(() => endpoint.close());
  const cloud = openAccountCloud(context, endpoint.url);
  return { cloud, endpoint };
};

const tags = (deployment: string, more: Readonly<Record<string, string>> = {}) => ({
  'spot-tui:deployment': deployment,
  ...more,
});

test('what all deployments have is found by the key of their tag, and by nothing else', async (context) => {
  const { cloud, endpoint } = await startAccount(context, {
    DescribeInstances: reservationSet([
      { id: 'i-1' },
      { id: 'i-2', state: 'stopped', tags: tags('meadow') },
    ]),
    DescribeLaunchTemplates: templateSet([
      {
        id: 'lt-1',
        name: 'spot-tui-meadow',
        tags: tags('meadow', { 'spot-tui:expires': '2026-05-01T12:00:00.000Z' }),
      },
    ]),
    DescribeKeyPairs: keySet([{ name: 'spot-tui-orchard-0123abcd' }]),
    // An answer that the filter should have kept away.
    DescribeSecurityGroups: groupSet([{ id: 'sg-1', name: 'somebody', tags: {} }]),
  });
  const { instances, resources, unseen } = await cloud.scan(patient());
  assert.deepEqual(
    instances.map(({ instanceId, state }) => [instanceId, state]),
    [
      ['i-1', 'running'],
      ['i-2', 'stopped'],
    ],
  );
  assert.deepEqual(resources, [
    {
      name: 'launch template spot-tui-meadow (us-west-2)',
      deployment: 'meadow',
      expiresAt: Date.parse('2026-05-01T12:00:00Z'),
    },
    { name: 'key pair spot-tui-orchard-0123abcd (us-west-2)', deployment: 'orchard' },
  ]);
  assert.deepEqual(unseen, []);
  for (const action of ['Instances', 'LaunchTemplates', 'KeyPairs', 'SecurityGroups', 'Volumes']) {
    const form = endpoint.of(`Describe${action}`)[0]?.form;
    assert.equal(form?.['Filter.1.Name'], 'tag-key', action);
    assert.equal(form?.['Filter.1.Value.1'], 'spot-tui:deployment', action);
  }
});

test('what can’t be looked for is said, and hides nothing else', async (context) => {
  const { cloud } = await startAccount(context, {
    DescribeVolumes: { code: 'UnauthorizedOperation', message: 'You are not authorized.' },
    DescribeKeyPairs: keySet([{ name: 'spot-tui-orchard-0123abcd' }]),
  });
  const { resources, unseen } = await cloud.scan(patient());
  assert.equal(resources.length, 1);
  assert.match(unseen.join(), /can't look for volumes.*ec2:DescribeVolumes/);
});

test('a terminated instance does not stand in the way of what was made for it', async (context) => {
  const { cloud, endpoint } = await startAccount(context, {
    // EC2's list is late.
    DescribeInstances: reservationSet([{ id: 'i-1' }]),
    TerminateInstances: '<instancesSet/>',
    DescribeKeyPairs: keySet([{ name: 'spot-tui-orchard-0123abcd' }]),
    DeleteKeyPair: '<return>true</return>',
  });
  await cloud.terminate(['i-1'], patient());
  const answer = await cloud.cleanUp('orchard', patient());
  assert.deepEqual(answer, {
    removed: ['key pair spot-tui-orchard-0123abcd (us-west-2)'],
    left: [],
  });
  assert.equal(endpoint.of('DescribeKeyPairs')[0]?.form['Filter.1.Value.1'], 'orchard');
});

const fleetTags = (ids: readonly string[]): string =>
  `<tagSet>${ids
    .map(
      (id) =>
        `<item><resourceId>${id}</resourceId><resourceType>fleet</resourceType>` +
        '<key>spot-tui:deployment</key><value>orchard</value></item>',
    )
    .join('')}</tagSet>`;

test('fleets are found by their tags, those that EC2 has forgotten or deleted left out', async (context) => {
  const states = new Map([
    ['fleet-1', 'active'],
    ['fleet-2', 'deleted_terminating'],
    ['fleet-4', 'active'],
  ]);
  const { cloud, endpoint } = await startAccount(context, {
    DescribeTags: fleetTags(['fleet-1', 'fleet-2', 'fleet-3', 'fleet-4']),
    DescribeFleets: (form) => {
      const ids = Object.entries(form).flatMap(([key, id]) => (/^FleetId/.test(key) ? [id] : []));
      const unknown = ids.find((id) => !states.has(id));
      if (unknown !== undefined) {
        return {
          code: 'InvalidFleetId.NotFound',
          message: `The fleet ID '${unknown}' does not exist`,
        };
      }
      return `<fleetSet>${ids
        .map(
          (id) => `<item><fleetId>${id}</fleetId><fleetState>${states.get(id)}</fleetState></item>`,
        )
        .join('')}</fleetSet>`;
    },
    DeleteFleets: (form) =>
      form['FleetId.1'] === 'fleet-1'
        ? '<successfulFleetDeletionSet/><unsuccessfulFleetDeletionSet/>'
        : '<unsuccessfulFleetDeletionSet><item><fleetId>fleet-4</fleetId><error>' +
          '<code>unexpectedError</code><message>Try later.</message></error></item>' +
          '</unsuccessfulFleetDeletionSet>',
  });
  const answer = await cloud.cleanUp('orchard', patient());
  assert.deepEqual(answer.removed, ['fleet fleet-1 (us-west-2)']);
  assert.match(answer.left.join(), /can't remove the fleet fleet-4 \(us-west-2\): Try later\./);
  assert.equal(endpoint.of('DeleteFleets')[0]?.form.TerminateInstances, 'true');
});
