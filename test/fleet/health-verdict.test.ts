import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Judgement,
  judge,
  type Look,
  type Verdict,
} from '../../source/fleet/health-verdict.ts';

const interval = 20_000;

/** What becomes of a node with looks at certain seconds; a look that changes nothing is `-`. */
const follow = (looks: readonly (readonly [second: number, look: Look])[], from: Verdict = {}) => {
  let verdict = from;
  const judgements: Judgement[] = [];
  for (const [second, look] of looks) {
    const judgement = judge(verdict, look, { interval, now: second * 1000 });
    verdict = judgement.verdict;
    judgements.push(judgement);
  }
  return {
    verdict,
    changes: judgements.map(({ change }) => change ?? '-'),
    waits: judgements.map(({ next }) => next),
  };
};

const well: Look = { type: 'well' };
const settling: Look = { type: 'settling' };
const unseen: Look = { type: 'unseen' };
const failing = (cause = 'web.service'): Look => ({ type: 'failing', cause, mayPass: false });
const starting = (cause = 'web.service'): Look => ({ type: 'failing', cause, mayPass: true });

test('a failure that stays has to be seen twice, the second time soon after the first', () => {
  const { changes, waits, verdict } = follow([
    [0, well],
    [20, failing()],
    [25, failing()],
  ]);
  assert.deepEqual(changes, ['-', '-', 'degraded']);
  assert.deepEqual(waits.slice(0, 2), [20_000, 5_000]);
  assert.equal(verdict.cause, 'web.service');
});

test('a service that systemd starts again within seconds is no flap', () => {
  const { changes, verdict } = follow([
    [0, starting()],
    [5, starting()],
    [10, settling],
    [15, well],
  ]);
  assert.deepEqual(changes, ['-', '-', '-', '-']);
  assert.deepEqual(verdict, {});
});

test('one that does not come back is degraded once it has had its time', () => {
  assert.deepEqual(
    follow([
      [0, starting()],
      [5, starting()],
      [10, starting()],
      [15, starting()],
    ]).changes,
    ['-', '-', '-', 'degraded'],
  );
});

test('one that comes up and ends again and again does not get its time anew', () => {
  assert.deepEqual(
    follow([
      [0, starting()],
      [5, settling],
      [10, starting()],
      [15, settling],
      [20, starting()],
    ]).changes,
    ['-', '-', '-', '-', 'degraded'],
  );
});

test('a connection that breaks, or a reboot, is no flap; silence is', () => {
  assert.deepEqual(
    follow([
      [0, unseen],
      [20, unseen],
      [35, starting()],
      [40, well],
    ]).changes,
    ['-', '-', '-', '-'],
  );
  const { changes, verdict } = follow([
    [0, unseen],
    [20, unseen],
    [40, unseen],
  ]);
  assert.deepEqual(changes, ['-', '-', 'degraded']);
  assert.equal(verdict.cause, 'ssh');
});

test('a degraded node is told once, again for another cause, and well again at once', () => {
  const { changes } = follow([
    [0, failing()],
    [5, failing()],
    [15, failing()],
    [25, failing('disk')],
    [30, failing('disk')],
    [35, well],
  ]);
  assert.deepEqual(changes, ['-', 'degraded', '-', '-', 'degraded', 'recovered']);
});

test('what was out of reach and is not well yet stays degraded for its old cause at first', () => {
  const { changes, verdict } = follow(
    [
      [0, starting()],
      [5, starting()],
    ],
    { cause: 'ssh' },
  );
  assert.deepEqual(changes, ['-', '-']);
  assert.equal(verdict.cause, 'ssh');
});

test('a container that starts after its service is mended is no new trouble', () => {
  const { changes } = follow(
    [
      [0, starting('container web')],
      [5, starting('container web')],
      [10, well],
    ],
    {
      cause: 'web.service',
      doubt: { type: 'failing', cause: 'web.service', since: -60_000, looks: 9 },
    },
  );
  assert.deepEqual(changes, ['-', '-', 'recovered']);
});

test('a service that has just come up is not well yet', () => {
  assert.deepEqual(
    follow(
      [
        [0, settling],
        [5, well],
      ],
      { cause: 'web.service' },
    ).changes,
    ['-', 'recovered'],
  );
});

test('short intervals shorten all of it', () => {
  const at = (now: number, verdict: Verdict, look: Look) =>
    judge(verdict, look, { interval: 1000, now });
  const first = at(0, {}, starting());
  assert.equal(first.next, 1000);
  assert.equal(at(1000, first.verdict, starting()).change, 'degraded');
});
