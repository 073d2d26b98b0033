import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupSet, reservationSet, templateSet } from './account.ts';
import type { Answer } from './recording-endpoint.ts';
import { patient, startRegion } from './region.ts';
import { rejection } from './rejection.ts';

const request = { count: 3, generation: 1, userData: '{}' };

const yes: Answer = {
  code: 'DryRunOperation',
  message: 'Request would have succeeded, but DryRun flag is set.',
  status: 412,
};

const no = (action: string): Answer => ({
  code: 'UnauthorizedOperation',
  message:
    'You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/ann is ' +
    `not authorized to perform: ec2:${action} on resource: arn:aws:ec2:us-west-2:123456789012:*/* ` +
    `because no identity-based policy allows the ec2:${action} action.`,
  status: 403,
});

const changes = [
  'CreateSecurityGroup',
  'AuthorizeSecurityGroupIngress',
  'ImportKeyPair',
  'CreateLaunchTemplate',
  'CreateLaunchTemplateVersion',
  'CreateFleet',
  'RunInstances',
  'CreateTags',
  'TerminateInstances',
  'DeleteLaunchTemplate',
  'DeleteSecurityGroup',
  'DeleteKeyPair',
];

const everyChange = (answer: Answer): Record<string, Answer> =>
  Object.fromEntries(changes.map((action) => [action, answer]));

test('a rehearsal in an empty account asks for everything and makes nothing', async (context) => {
  const { cloud, endpoint } = await startRegion(context, everyChange(yes));
  await cloud.rehearse(request, patient());
  const sent = endpoint.requests.filter(({ action }) => !action.startsWith('Describe'));
  assert.deepEqual(sent.map(({ action }) => action).sort(), [
    'CreateLaunchTemplate',
    'CreateSecurityGroup',
    'ImportKeyPair',
    'RunInstances',
  ]);
  for (const { form } of sent) assert.equal(form.DryRun, 'true');
  const run = endpoint.of('RunInstances')[0]?.form ?? {};
  assert.equal(run['InstanceMarketOptions.MarketType'], 'spot');
  assert.equal(run['NetworkInterface.1.SubnetId'], 'subnet-a');
  assert.equal(run.KeyName, undefined, 'the key pair is not imported yet');
});

test('a rehearsal of a deployment that is there asks for what is left to do, and to undo', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {
    ...everyChange(yes),
    DescribeSecurityGroups: groupSet([{ id: 'sg-ours', name: 'spot-tui-orchard' }]),
    DescribeLaunchTemplates: templateSet([{ id: 'lt-ours', name: 'spot-tui-orchard' }]),
    DescribeLaunchTemplateVersions:
      '<launchTemplateVersionSet><item><versionNumber>1</versionNumber></item></launchTemplateVersionSet>',
    DescribeInstances: reservationSet([{ id: 'i-1', state: 'terminated' }, { id: 'i-2' }]),
  });
  await cloud.rehearse(request, patient());
  const sent = endpoint.requests.filter(({ action }) => !action.startsWith('Describe'));
  assert.deepEqual(sent.map(({ action }) => action).sort(), [
    'AuthorizeSecurityGroupIngress',
    'CreateFleet',
    'CreateLaunchTemplateVersion',
    'CreateTags',
    'DeleteLaunchTemplate',
    'DeleteSecurityGroup',
    'ImportKeyPair',
    'RunInstances',
    'TerminateInstances',
  ]);
  for (const { form } of sent) assert.equal(form.DryRun, 'true');
  assert.equal(endpoint.of('TerminateInstances')[0]?.form['InstanceId.1'], 'i-2');
});

test('every missing permission is named at once', async (context) => {
  const { cloud } = await startRegion(context, {
    ...everyChange(yes),
    RunInstances: no('RunInstances'),
    ImportKeyPair: no('ImportKeyPair'),
  });
  const error = await rejection(cloud.rehearse(request, patient()));
  assert.equal(error.kind, 'permission');
  assert.equal(error.exitStatus, 3);
  assert.match(error.hint, /ec2:RunInstances/);
  assert.match(error.hint, /ec2:ImportKeyPair/);
});

test('a missing permission to look around is one, too', async (context) => {
  const { cloud } = await startRegion(context, {
    ...everyChange(yes),
    DescribeImages: no('DescribeImages'),
  });
  const error = await rejection(cloud.rehearse(request, patient()));
  assert.equal(error.exitStatus, 3);
  assert.match(error.hint, /ec2:DescribeImages/);
});

test('what only the launch itself can make is not missed in a rehearsal', async (context) => {
  const { cloud } = await startRegion(context, {
    ...everyChange(yes),
    RunInstances: {
      code: 'InvalidKeyPair.NotFound',
      message: "The key pair 'spot-tui-orchard-0123abcd' does not exist",
    },
  });
  await cloud.rehearse(request, patient());
});

test('a request that EC2 finds invalid fails the rehearsal', async (context) => {
  const { cloud } = await startRegion(context, {
    ...everyChange(yes),
    RunInstances: {
      code: 'InvalidParameterValue',
      message:
        "Value (aws:mine) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use",
    },
  });
  const error = await rejection(cloud.rehearse(request, patient()));
  assert.equal(error.exitStatus, 2);
  assert.match(error.message, /reserved for internal use \(InvalidParameterValue\)/);
});
