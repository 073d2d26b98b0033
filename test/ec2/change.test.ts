import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fleetAnswer, groupSet, keySet, reservationSet, templateSet } from './account.ts';
import { patient, startRegion } from './region.ts';

const unknownInstance = (ids: readonly string[]) => ({
  code: 'InvalidInstanceID.NotFound',
  message: `The instance ID '${ids.join(', ')}' does not exist`,
});

const resources = (form: Readonly<Record<string, string>>, name: string): string[] =>
  Object.entries(form)
    .filter(([key]) => key.startsWith(`${name}.`))
    .map(([, value]) => value);

test('instances with the same tags are tagged in one call', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  await cloud.tag(
    new Map([
      ['i-1', { color: 'red' }],
      ['i-2', { color: 'blue' }],
      ['i-3', { color: 'red' }],
    ]),
    patient(),
  );
  const calls = endpoint
    .of('CreateTags')
    .map(({ form }) => [resources(form, 'ResourceId').join(), form['Tag.1.Value']]);
  assert.deepEqual(calls.sort(), [
    ['i-1,i-3', 'red'],
    ['i-2', 'blue'],
  ]);
});

test('tags for one instance from several sides at once are one call', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  await Promise.all([
    cloud.tag(new Map([['i-1', { a: '1' }]]), patient()),
    cloud.tag(new Map([['i-1', { b: '2' }]]), patient()),
  ]);
  assert.equal(endpoint.of('CreateTags').length, 1);
});

test('an instance that EC2 does not know yet is tagged as soon as it does', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  endpoint.on('CreateTags', (_, nth) =>
    nth < 2 ? unknownInstance(['i-1']) : '<return>true</return>',
  );
  await cloud.tag(new Map([['i-1', { a: '1' }]]), patient());
  assert.equal(endpoint.of('CreateTags').length, 3);
});

test('a tag that can’t be written fails for its caller alone', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  endpoint.on('CreateTags', (form) =>
    resources(form, 'ResourceId').includes('i-1')
      ? {
          code: 'TagLimitExceeded',
          message: 'The maximum number of Tags for a resource has been reached.',
        }
      : '<return>true</return>',
  );
  const [first, second] = await Promise.allSettled([
    cloud.tag(new Map([['i-1', { a: '1' }]]), patient()),
    cloud.tag(new Map([['i-2', { a: '2' }]]), patient()),
  ]);
  assert.equal(first.status, 'rejected');
  assert.equal(second.status, 'fulfilled');
});

test('one unknown instance does not keep the others from being terminated', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  const terminated = new Set<string>();
  endpoint.on('TerminateInstances', (form) => {
    const ids = resources(form, 'InstanceId');
    if (ids.includes('i-3')) return unknownInstance(['i-3']);
    for (const id of ids) terminated.add(id);
    return '<instancesSet/>';
  });
  await cloud.terminate(['i-1', 'i-2', 'i-3', 'i-4', 'i-5'], patient());
  assert.deepEqual([...terminated].sort(), ['i-1', 'i-2', 'i-4', 'i-5']);
});

test('a protected instance is named, and the others are terminated', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  const terminated = new Set<string>();
  endpoint.on('TerminateInstances', (form) => {
    const ids = resources(form, 'InstanceId');
    if (ids.includes('i-1')) {
      return {
        code: 'OperationNotPermitted',
        message:
          "The instance 'i-1' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.",
      };
    }
    for (const id of ids) terminated.add(id);
    return '<instancesSet/>';
  });
  const refused = await cloud.terminate(['i-1', 'i-2', 'i-3'], patient());
  assert.deepEqual([...terminated].sort(), ['i-2', 'i-3']);
  const error = refused.get('i-1');
  assert.ok(error !== undefined && refused.size === 1);
  assert.match(error.message, /can't terminate i-1: .*may not be terminated/);
  assert.match(error.hint, /--no-disable-api-termination/);
  assert.equal(error.exitStatus, 1);
});

test('an instance launched a moment ago is terminated as soon as EC2 knows it', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {
    CreateFleet: fleetAnswer([{ ids: ['i-1'] }]),
  });
  endpoint.on('TerminateInstances', (_, nth) =>
    nth < 2 ? unknownInstance(['i-1']) : '<instancesSet/>',
  );
  await cloud.launch({ count: 1, userData: '{}' }, patient());
  await cloud.terminate(['i-1'], patient());
  assert.equal(endpoint.of('TerminateInstances').length, 3);
});

test('many terminations at once are few calls', async (context) => {
  const { cloud, endpoint } = await startRegion(context, { TerminateInstances: '<instancesSet/>' });
  const ids = Array.from({ length: 40 }, (_, index) => `i-${index}`);
  await Promise.all(ids.map((id) => cloud.terminate([id], patient())));
  assert.equal(endpoint.of('TerminateInstances').length, 1);
});

test('who gives up on a termination does not take it from the others', async (context) => {
  const { cloud, endpoint } = await startRegion(context, { TerminateInstances: '<instancesSet/>' });
  const controller = new AbortController();
  const results = Promise.allSettled([
    cloud.terminate(['i-1'], controller.signal),
    cloud.terminate(['i-2'], patient()),
  ]);
  controller.abort();
  const [first, second] = await results;
  assert.equal(first.status, 'rejected');
  assert.equal(second.status, 'fulfilled');
  const sent = endpoint
    .of('TerminateInstances')
    .flatMap(({ form }) => resources(form, 'InstanceId'));
  assert.deepEqual(sent, ['i-2']);
});

test('nothing to terminate is no call', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  await cloud.terminate([], patient());
  assert.equal(endpoint.requests.length, 0);
});

const leftovers = {
  DescribeInstances: reservationSet([{ id: 'i-1', state: 'terminated' }]),
  DescribeLaunchTemplates: templateSet([{ id: 'lt-ours', name: 'spot-tui-orchard' }]),
  DescribeKeyPairs: keySet([{ name: 'spot-tui-orchard-0123abcd' }]),
  DescribeSecurityGroups: groupSet([{ id: 'sg-ours', name: 'spot-tui-orchard' }]),
  DeleteLaunchTemplate: '<launchTemplate/>',
  DeleteKeyPair: '<return>true</return>',
  DeleteSecurityGroup: '<return>true</return>',
};

test('clean-up removes what carries the deployment’s tag, and waits for the last interface', async (context) => {
  const { cloud, endpoint } = await startRegion(context, leftovers);
  endpoint.on('DeleteSecurityGroup', (_, nth) =>
    nth < 2
      ? { code: 'DependencyViolation', message: 'resource sg-ours has a dependent object' }
      : '<return>true</return>',
  );
  const answer = await cloud.cleanUp(patient());
  assert.deepEqual(answer, {
    removed: [
      'launch template spot-tui-orchard (us-west-2)',
      'key pair spot-tui-orchard-0123abcd (us-west-2)',
      'security group spot-tui-orchard (us-west-2)',
    ],
    left: [],
  });
  for (const action of ['LaunchTemplates', 'KeyPairs', 'SecurityGroups']) {
    const form = endpoint.of(`Describe${action}`)[0]?.form;
    assert.equal(form?.['Filter.1.Name'], 'tag:spot-tui:deployment');
    assert.equal(form?.['Filter.1.Value.1'], 'orchard');
  }
  assert.equal(endpoint.of('DeleteSecurityGroup').length, 3);
});

test('clean-up waits for instances that end: they hold what is to go', async (context) => {
  const { cloud, endpoint } = await startRegion(context, leftovers);
  endpoint.on('DescribeInstances', (_, nth) =>
    reservationSet([{ id: 'i-1', state: nth < 3 ? 'shutting-down' : 'terminated' }]),
  );
  const answer = await cloud.cleanUp(patient());
  assert.equal(answer.removed.length, 3);
  const actions = endpoint.requests.map(({ action }) => action);
  assert.ok(
    actions.lastIndexOf('DescribeInstances') < actions.findIndex((name) => /^Delete/.test(name)),
    actions.join(),
  );
  assert.equal(endpoint.of('DescribeInstances').length, 4);
});

test('clean-up touches nothing while an instance is left', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {
    ...leftovers,
    DescribeInstances: reservationSet([{ id: 'i-1', state: 'running' }]),
  });
  const answer = await cloud.cleanUp(patient());
  assert.deepEqual(answer.removed, []);
  assert.match(answer.left.join(), /i-1 is still there/);
  assert.deepEqual(
    endpoint.requests.filter(({ action }) => action.startsWith('Delete')),
    [],
  );
});

test('what can’t be removed is said, and the rest is removed', async (context) => {
  const { cloud } = await startRegion(
    context,
    {
      ...leftovers,
      DeleteLaunchTemplate: {
        code: 'InvalidLaunchTemplateId.NotFound',
        message: 'The specified launch template, with template ID lt-ours, does not exist.',
      },
      DeleteSecurityGroup: {
        code: 'DependencyViolation',
        message: 'resource sg-ours has a dependent object',
      },
    },
    { options: { patience: { firstPause: 5, release: 40, visibility: 40, longestPoll: 100 } } },
  );
  const answer = await cloud.cleanUp(patient());
  assert.equal(answer.removed.length, 2);
  assert.match(
    answer.left.join(),
    /can't remove the security group spot-tui-orchard \(us-west-2\): resource sg-ours has a dependent object.*run `spot-tui destroy` again/,
  );
});
