import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Instance, tagNames } from '../../source/ec2/cloud.ts';
import { identityOf } from '../../source/ec2/launch-intent.ts';
import {
  bySuccession,
  hasReplacementsLeft,
  successionOf,
  successorOf,
} from '../../source/fleet/successor.ts';

const minute = 60_000;

const instance = (
  instanceId: string,
  {
    launchedAt = 0,
    replaces,
    state = 'terminated',
  }: { launchedAt?: number; replaces?: string; state?: Instance['state'] } = {},
): Instance => {
  const identity = replaces === undefined ? 'us-west-2-1' : successionOf(replaces);
  const mark = identityOf({ count: 1, userData: 'any', identity }, 1);
  return {
    ...{ instanceId, region: 'us-west-2', zone: 'us-west-2a', instanceType: 't3.medium' },
    ...{ imageId: 'ami-1', state, launchedAt, lifecycle: 'spot' },
    tags: { [tagNames.launch]: `1 lt-1 ${mark}`, [tagNames.node]: 'us-west-2-4' },
  };
};

test('a successor is known by the launch that brought it, while it lives', () => {
  const next = instance('i-2', { replaces: 'i-1', state: 'pending' });
  const gone = instance('i-3', { replaces: 'i-2' });
  const successions = bySuccession([instance('i-1'), next, gone]);
  assert.equal(successorOf('i-1', successions), next);
  assert.equal(successorOf('i-2', successions), undefined);
  assert.equal(successorOf('i-4', successions), undefined);
});

/** A node whose instances EC2 took back one after the other, so many minutes apart. */
const chain = (replacements: number, apart: number): Instance[] => [
  instance('i-0'),
  ...Array.from({ length: replacements }, (_, index) =>
    instance(`i-${index + 1}`, {
      replaces: `i-${index}`,
      launchedAt: (index + 1) * apart * minute,
    }),
  ),
];

test('three replacements within an hour are enough', () => {
  assert.ok(hasReplacementsLeft('i-0', chain(0, 5)));
  assert.ok(hasReplacementsLeft('i-2', chain(2, 5)));
  assert.ok(!hasReplacementsLeft('i-3', chain(3, 5)));
});

test('those that lasted are no reason to give up, nor is what EC2 does not list any more', () => {
  assert.ok(hasReplacementsLeft('i-5', chain(5, 45)));
  assert.ok(hasReplacementsLeft('i-3', chain(3, 5).slice(2)));
  assert.ok(hasReplacementsLeft('i-9', chain(3, 5)));
});
