import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndPatience } from '../../source/sandbox/end-patience.ts';

test('an end is waited for as long as it comes on, however long that takes', () => {
  const end = new EndPatience(20_000, 0);
  for (let left = 1_000, now = 0; left > 0; left -= 10, now += 15_000) {
    end.note(now, left);
    assert.equal(end.isOver(now + 14_000), false, `${left} left`);
  }
  assert.equal(end.left, 10);
});

test('it is over once nothing has happened for too long, whatever is answered', () => {
  const end = new EndPatience(20_000, 0);
  end.note(1_000, 5);
  end.note(19_000, 5);
  assert.equal(end.isOver(20_999), false);
  assert.equal(end.isOver(21_001), true);
  assert.equal(end.left, 5);
});

test('one that never says anything has its time as well', () => {
  const end = new EndPatience(20_000, 100);
  assert.equal(end.isOver(20_100), false);
  assert.equal(end.isOver(20_101), true);
  assert.equal(end.left, undefined);
});
