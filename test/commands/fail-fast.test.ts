import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailFastError, untilFailure } from '../../source/commands/fail-fast.ts';
import { parseArguments } from '../../source/commands/parse-arguments.ts';
import type { Emit, FleetEvent } from '../../source/events/event.ts';
import { createFleetStore } from '../../source/fleet/store.ts';

const optionsOf = (line: string) => {
  const parsed = parseArguments(line.split(' '), import.meta);
  assert.ok(parsed.type === 'run');
  return parsed.options;
};

const entered = (node: string, phase: 'uploading' | 'ready'): FleetEvent => ({
  ...{ event: 'phase', time: 1, node, region: 'us-west-2', phase, attempt: 1 },
});

const failed = (node: string): FleetEvent => ({
  ...{ event: 'phase', time: 2, node, phase: 'failed', failedPhase: 'configuring' },
  ...{ reason: 'no disk', hint: 'free some' },
});

/** Lets the events happen while work is done that never ends by itself. */
const endOf = async (line: string, events: readonly FleetEvent[]): Promise<unknown> => {
  const store = createFleetStore();
  const listeners: Emit[] = [];
  const run = { store, addReporter: (listener: Emit) => listeners.push(listener) };
  const happen = (event: FleetEvent): void => {
    store.dispatch(event);
    for (const listener of listeners) listener(event);
  };
  const done = Promise.withResolvers<void>();
  const ended = untilFailure({ options: optionsOf(line) }, run, () => done.promise);
  for (const event of events) happen(event);
  // A failure that ends the command has done so by now.
  setImmediate(done.resolve);
  return ended.catch((error: unknown) => error);
};

const fleet = [entered('a-1', 'ready'), entered('a-2', 'uploading'), entered('a-3', 'uploading')];

test('--fail-fast ends with the first failure, names what is unfinished and the way back', async () => {
  const error = await endOf('create --fail-fast --sandbox', [...fleet, failed('a-3')]);
  assert.ok(error instanceof FailFastError);
  assert.equal(error.exitStatus, 1);
  assert.equal(
    error.message,
    '--fail-fast: a-3 failed in configuring: no disk\nUnfinished: a-2 (uploading)',
  );
  assert.match(
    error.hint,
    /Attach with `spot-tui --sandbox`, end it with `spot-tui destroy --sandbox`/,
  );
});

test('without it a failure ends nothing', async () => {
  assert.equal(await endOf('create', [...fleet, failed('a-3')]), undefined);
});

test('with --min-ready it ends once that many can’t be ready any more', async () => {
  const line = 'create --fail-fast --min-ready 2';
  assert.equal(await endOf(line, [...fleet, failed('a-3')]), undefined);
  const error = await endOf(line, [...fleet, failed('a-3'), failed('a-2')]);
  assert.ok(error instanceof FailFastError);
  assert.match(error.message, /a-2 failed .*\nNo other node was unfinished\.$/);
});
