// Counts the bytes of single frames, of a dashboard whose clock stands still. What it prints comes
// out the same on every machine.
import { setTimeout } from 'node:timers/promises';
import type { FleetEvent } from '../../source/events/event.ts';
import { createFleetStore } from '../../source/fleet/store.ts';
import { runDashboard } from '../../source/ui/run-dashboard.tsx';
import { idleActions } from '../../test/ui/idle-actions.ts';
import { createCountedTerminal } from './counted-terminal.ts';
import { beginNode, nodeName, regionOf } from './feed.ts';

/** What was drawn at one step. */
export type Count = { readonly step: string; readonly bytes: number; readonly frames: number };

/** When all of it happens; milliseconds since the Unix epoch. */
const time = Date.UTC(2025, 6, 1, 12);

/** Milliseconds after which everything that an event made due has been drawn: timers keep order. */
const settling = 150;

const nodes = Number(process.argv[2] ?? '10');
const terminal = createCountedTerminal();
const store = createFleetStore();
const regions = [0, 1, 2, 3].map(regionOf);
store.dispatch({ event: 'fleet', time, deployment: 'bench', command: 'create', regions, nodes });
for (let index = 0; index < nodes; index++) {
  for (const event of beginNode(index, time)) store.dispatch(event);
}

const counts: Count[] = [];
const count = async (step: string, ...events: readonly FleetEvent[]): Promise<void> => {
  const heard = Promise.withResolvers<void>();
  const stop = store.subscribe(heard.resolve);
  for (const event of events) store.dispatch(event);
  if (events.length > 0) await heard.promise;
  stop();
  await setTimeout(settling);
  counts.push({ step, ...terminal.take() });
};

const log = (index: number, message: string): FleetEvent => ({
  event: 'log',
  time,
  node: nodeName(index),
  source: 'sensor',
  message,
});

// By name, Asia comes first: its second node is in view and not under the cursor.
const inView = nodeName(7);
const done = new AbortController();
const drawn = Promise.withResolvers<void>();
const shown = runDashboard({
  store,
  actions: idleActions,
  signal: done.signal,
  now: () => time,
  environment: { LANG: 'C.UTF-8', TERM: 'xterm-256color' },
  onFirstFrame: drawn.resolve,
  stdin: terminal.stdin,
  stdout: terminal.stdout,
});
await drawn.promise;
await count('first frame');
await count('log line in view', log(7, 'hello'));
await count('phase in view', {
  event: 'phase',
  time,
  node: inView,
  phase: 'terminated',
  reason: 'somebody ended it',
});
await count('phase that moves a row', {
  event: 'phase',
  time,
  node: nodeName(3 + 8),
  phase: 'degraded',
  reason: 'docker.service: activating instead of active',
  hint: 'look at its log',
});
terminal.type('j');
await count('key');
// Of the last half of the nodes none is in view.
const hidden = Array.from({ length: 2000 }, (_, line) =>
  log(nodes - 1 - (line % Math.floor(nodes / 2)), `line ${line}`),
);
if (nodes > 100) await count('log lines out of view', ...hidden);
done.abort();
await shown;
process.stdout.write(`${JSON.stringify(counts)}\n`);
process.exit(0);
