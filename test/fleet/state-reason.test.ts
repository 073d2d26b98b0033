import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instance } from '../../source/ec2/cloud.ts';
import { describeEnd, isReclaim } from '../../source/fleet/state-reason.ts';

const instance = (state: Instance['state'], stateReason?: string): Instance => ({
  instanceId: 'i-0a1',
  region: 'us-west-2',
  zone: 'us-west-2a',
  instanceType: 't3.medium',
  imageId: 'ami-1',
  state,
  ...(stateReason === undefined ? {} : { stateReason }),
  launchedAt: 0,
  lifecycle: 'spot',
  tags: {},
});

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
const documented = [
  ['Server.InsufficientInstanceCapacity', /ran out of capacity/, /more instance types or regions/i],
  ['Server.InternalError', /EC2 failed while starting it/, /spot-tui create/],
  ['Server.ScheduledStop', /hardware is being retired/, /Start it again/],
  ['Server.SpotInstanceShutdown', /EC2 took the spot instance back/, /spot-tui create/],
  ['Server.SpotInstanceTermination', /EC2 took the spot instance back/, /spot-tui create/],
  ['Client.InstanceInitiatedShutdown', /shut itself down/, /shutdown, poweroff or halt/],
  ['Client.InstanceTerminated', /while an image was made of it/, /spot-tui create/],
  ['Client.InternalError', /something of the account/, /encrypted with a KMS key/],
  ['Client.InvalidSnapshot.NotFound', /snapshot behind its image is not there/, /another image/],
  ['Client.UserInitiatedHibernate', /hibernated on request/, /CloudTrail .* i-0a1/],
  ['Client.UserInitiatedShutdown', /terminated on request/, /TerminateInstances for i-0a1/],
  ['Client.VolumeLimitExceeded', /may not have more volumes/, /storage_gb/],
] as const;

for (const [code, cause, hint] of documented) {
  test(`${code} is told in words, with its code and what to do`, () => {
    const end = describeEnd(instance('terminated', code));
    assert.match(end.reason, cause);
    assert.ok(end.reason.endsWith(`(${code})`), end.reason);
    assert.match(end.hint, hint);
  });
}

test('an end leads to the section about what caused it', () => {
  const topicOf = (code: string) => describeEnd(instance('terminated', code)).topic;
  assert.equal(topicOf('Server.SpotInstanceTermination'), 'interrupted');
  assert.equal(topicOf('Server.InsufficientInstanceCapacity'), 'capacity');
  assert.equal(topicOf('Client.VolumeLimitExceeded'), 'aws');
  assert.equal(topicOf('Client.SomethingNew'), 'interrupted');
});

test("only EC2's own reasons to end a spot instance are reclaims", () => {
  const reclaims = documented
    .map(([code]) => code)
    .filter((code) => isReclaim(instance('terminated', code)));
  assert.deepEqual(reclaims, ['Server.SpotInstanceShutdown', 'Server.SpotInstanceTermination']);
});

test('an instance that was stopped can be started again, which is said', () => {
  const byUser = describeEnd(instance('stopped', 'Client.UserInitiatedShutdown'));
  assert.equal(byUser.reason, 'stopped on request (Client.UserInitiatedShutdown)');
  assert.match(byUser.hint, /who called StopInstances for i-0a1\. Start it again/);
  const byEc2 = describeEnd(instance('stopping', 'Server.SpotInstanceShutdown'));
  assert.equal(byEc2.reason, 'EC2 stopped the spot instance (Server.SpotInstanceShutdown)');
  assert.match(byEc2.hint, /^EC2 starts it again/);
});

test('what EC2 says in other words is passed on', () => {
  assert.equal(describeEnd(instance('terminated', 'User initiated')).reason, 'User initiated');
  assert.equal(describeEnd(instance('shutting-down')).reason, 'the instance is shutting-down');
});
