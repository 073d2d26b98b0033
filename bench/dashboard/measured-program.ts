// The program that is measured: the product's dashboard over its own store and reducer, fed with
// events that are made up. Says what it has done on file descriptor 3.
import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { FleetEvent } from '../../source/events/event.ts';
import { createFleetStore } from '../../source/fleet/store.ts';
import { runDashboard } from '../../source/ui/run-dashboard.tsx';
import { idleActions } from '../../test/ui/idle-actions.ts';
import { createFeed, type FeedOptions } from './feed.ts';

/** What is measured, as JSON in the first argument. */
export type ProgramOptions = FeedOptions & {
  /** Milliseconds for which feeding is practised, and then measured, before there is a dashboard. */
  readonly feeding: number;
  /** Milliseconds from the first frame until the window begins. */
  readonly warmUp: number;
  /** Milliseconds of the window that is measured. */
  readonly window: number;
};

/** A line that the program says. */
export type Said =
  | { readonly type: 'drawn' }
  | { readonly type: 'began'; readonly time: string }
  | {
      readonly type: 'ended';
      readonly time: string;
      /** CPU time of the process in the window; milliseconds. */
      readonly cpu: number;
      /** CPU time that feeding alone takes in as long a time; milliseconds. */
      readonly feedingCpu: number;
      readonly events: number;
    };

/** Milliseconds between two batches of events. */
const interval = 10;

const say = (said: Said): void => {
  writeSync(3, `${JSON.stringify(said)}\n`);
};

const now = (): string => String(process.hrtime.bigint());

/** CPU time of the process since an earlier reading, in milliseconds. */
const cpuSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const options = JSON.parse(process.argv[2] ?? '{}') as ProgramOptions;
const { feeding, warmUp, window } = options;

/** Feeds until it is told to stop. */
const startFeeding = (dispatch: (event: FleetEvent) => void): (() => number) => {
  const feed = createFeed(options);
  for (const event of feed.begin(Date.now())) dispatch(event);
  let last = performance.now();
  let count = 0;
  const timer = setInterval(() => {
    const at = performance.now();
    const events = feed.advance(at - last, Date.now());
    last = at;
    count += events.length;
    for (const event of events) dispatch(event);
  }, interval);
  return () => {
    clearInterval(timer);
    return count;
  };
};

/** CPU time that feeding takes where nobody listens, in milliseconds per second. */
const measureFeeding = async (): Promise<number> => {
  let heard = 0;
  const stop = startFeeding(() => {
    heard++;
  });
  await setTimeout(feeding);
  const before = process.cpuUsage();
  const start = performance.now();
  await setTimeout(feeding);
  const rate = (cpuSince(before) * 1000) / (performance.now() - start);
  stop();
  if (heard === 0) throw new Error('nothing was fed');
  return rate;
};

const feedingRate = await measureFeeding();
const store = createFleetStore();
const stop = startFeeding(store.dispatch);
const done = new AbortController();
const drawn = Promise.withResolvers<void>();
const shown = runDashboard({
  store,
  actions: idleActions,
  signal: done.signal,
  notifies: true,
  onFirstFrame: drawn.resolve,
});
await drawn.promise;
say({ type: 'drawn' });
await setTimeout(warmUp);
const before = process.cpuUsage();
const start = performance.now();
say({ type: 'began', time: now() });
await setTimeout(window);
const cpu = cpuSince(before);
const feedingCpu = (feedingRate * (performance.now() - start)) / 1000;
const time = now();
say({ type: 'ended', time, cpu, feedingCpu, events: stop() });
done.abort();
await shown;
