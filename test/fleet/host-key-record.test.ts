import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ec2Error } from '../../source/ec2/errors.ts';
import { BackgroundWork } from '../../source/fleet/background-work.ts';
import { HostKeyRecord, type HostKeyRecordOptions } from '../../source/fleet/host-key-record.ts';
import { noticesAs } from '../../source/fleet/notices.ts';

const nodeOf = (index: number) => ({
  name: `us-west-2-${index}`,
  region: 'us-west-2',
  instanceId: `i-${index}`,
});

const verified = { fingerprint: 'SHA256:A', trust: 'verified', isNews: true } as const;
const pinned = { fingerprint: 'SHA256:B', trust: 'pinned', isNews: false } as const;

const open = (tag: HostKeyRecordOptions['tag'] = async () => undefined) => {
  const told: string[] = [];
  const background = new BackgroundWork({ onError: (error) => assert.fail(String(error)) });
  const notices = noticesAs(
    (event) => {
      if (event.event === 'notice') told.push(event.message);
    },
    () => 0,
  );
  return { record: new HostKeyRecord({ notices, background, tag }), told, background };
};

test('a key that the console lists becomes a tag of its instance, once tags may be written', async () => {
  const written: unknown[] = [];
  const { background, record, told } = open(async (region, tags) => {
    written.push([region, ...tags]);
  });
  record.note(nodeOf(1), verified);
  record.writeTags();
  record.note(nodeOf(2), verified);
  record.note(nodeOf(3), { ...verified, isNews: false });
  record.note(nodeOf(4), pinned);
  record.tell();
  await background.close();
  assert.deepEqual(written, [['us-west-2', ['i-2', { 'spot-tui:host-key': 'SHA256:A' }]]]);
  assert.equal(told.length, 1);
});

test('tags that may not be written are told of once in a region', async () => {
  const { background, record, told } = open(async () => {
    throw new Ec2Error('not authorized', { kind: 'permission', hint: 'ask for ec2:CreateTags' });
  });
  record.writeTags();
  record.note(nodeOf(1), verified);
  record.note(nodeOf(2), verified);
  await background.close();
  assert.equal(told.length, 1);
  assert.match(
    told[0] ?? '',
    /^verified host keys could not be written to tags.*: not authorized$/,
  );
});

test('unverified nodes are told of together, with their number, and again only when there are more', () => {
  const { record, told } = open();
  for (let index = 1; index <= 7; index += 1) record.note(nodeOf(index), pinned);
  record.tell();
  record.tell();
  assert.deepEqual(told, [
    'the host keys of 7 nodes could not be verified, and were trusted at first sight: us-west-2-1, us-west-2-2, us-west-2-3, us-west-2-4, us-west-2-5, …',
  ]);
  record.note(nodeOf(1), { ...pinned, trust: 'verified' });
  record.tell();
  assert.equal(told.length, 1);
  record.note(nodeOf(8), pinned);
  record.tell();
  assert.match(told[1] ?? '', /^the host keys of 7 nodes/);
  // The same name, on another machine.
  record.note({ ...nodeOf(8), instanceId: 'i-80' }, pinned);
  record.tell();
  record.tell();
  assert.equal(told.length, 3);
});
