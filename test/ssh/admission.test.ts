import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAdmission } from '../../source/ssh/admission.ts';

const { signal } = new AbortController();

test('lets a limited number in, and the others in the order in which they came', async () => {
  const admission = createAdmission(2);
  const order: number[] = [];
  let inside = 0;
  let most = 0;

  await Promise.all(
    [0, 1, 2, 3, 4].map(async (index) => {
      const leave = await admission.enter(signal);
      order.push(index);
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
      leave();
    }),
  );

  assert.equal(most, 2);
  assert.deepEqual(order, [0, 1, 2, 3, 4]);
});

test('who gives up leaves the queue, and takes nobody’s place', async () => {
  const admission = createAdmission(1);
  const leave = await admission.enter(signal);
  const controller = new AbortController();
  const impatient = admission.enter(controller.signal);
  const patient = admission.enter(signal);

  controller.abort(new Error('enough'));
  await assert.rejects(impatient, /enough/);
  leave();
  (await patient)();
  (await admission.enter(signal))();
});

test('leaving twice makes room only once', async () => {
  const admission = createAdmission(1);
  const leave = await admission.enter(signal);
  leave();
  leave();
  await admission.enter(signal);

  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('no room')), 20);
  await assert.rejects(admission.enter(controller.signal), /no room/);
});

test('an aborted signal never enters', async () => {
  await assert.rejects(createAdmission(1).enter(AbortSignal.abort(new Error('no'))), /no/);
});
