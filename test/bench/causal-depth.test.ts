import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CausalDepth } from '../../bench/distance/causal-depth.ts';

test('asking and being answered three times makes three round trips', () => {
  const depth = new CausalDepth();
  for (let question = 0; question < 3; question += 1) {
    depth.deliverToServer(depth.sentByClient());
    depth.deliverToClient(depth.sentByServer());
  }
  assert.equal(depth.roundTrips, 3);
});

test('opening a connection costs one, and what is said first comes after it', () => {
  const depth = new CausalDepth();
  depth.deliverToServer(depth.connect());
  assert.equal(depth.roundTrips, 1);
  depth.deliverToClient(depth.sentByServer());
  assert.equal(depth.roundTrips, 2);
});

test('a question in many pieces, and questions asked at once, cost no more than one', () => {
  const depth = new CausalDepth();
  const pieces = [depth.sentByClient(), depth.sentByClient(), depth.sentByClient()];
  const answers = pieces.map((piece) => {
    depth.deliverToServer(piece);
    return depth.sentByServer();
  });
  for (const answer of answers) depth.deliverToClient(answer);
  assert.equal(depth.roundTrips, 1);
});

test('what the server says unasked costs none', () => {
  const depth = new CausalDepth();
  depth.deliverToClient(depth.sentByServer());
  assert.equal(depth.roundTrips, 0);
});

test('what is asked and not answered counts for nothing', () => {
  const depth = new CausalDepth();
  depth.deliverToServer(depth.sentByClient());
  assert.equal(depth.roundTrips, 0);
});
