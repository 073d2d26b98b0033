// Measures what a frame takes before anything is drawn: the reducer, and what the fleet's screen has
// to know of all nodes. Prints milliseconds, one value for each frame.
import { emptyFleet, reduceAll } from '../../source/fleet/reducer.ts';
import { createContentMeasure } from '../../source/ui/fleet-screen/columns.ts';
import { createOverview } from '../../source/ui/fleet-screen/fleet-overview.ts';
import { initialFleetView } from '../../source/ui/fleet-screen/fleet-view.ts';
import { createNodeOrder } from '../../source/ui/fleet-screen/node-order.ts';
import { standingOf } from '../../source/ui/terminal/standing.ts';
import { createFeed } from './feed.ts';

/** Milliseconds a frame. */
export type Bookkeeping = {
  /** Folding the frame's events into the state. */
  readonly reducer: number;
  readonly order: number;
  /** Counts, costs and widths of columns. */
  readonly sums: number;
  /** The window's title, which is made once a second. */
  readonly title: number;
};

/** Milliseconds of the feed that a frame has to show. */
const frameLength = 50;

const frames = 300;
/** Frames after which the engine has optimized what it runs. */
const warmUp = 100;

const nodes = Number(process.argv[2] ?? '10');
const feed = createFeed({ nodes, changing: 0.1, lines: 2000 });
const order = createNodeOrder();
const overview = createOverview();
const measure = createContentMeasure();
let time = Date.UTC(2025, 6, 1, 12);
let state = reduceAll(emptyFleet, feed.begin(time));

const timed = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

const measured: Bookkeeping[] = [];
for (let frame = 0; frame < frames; frame++) {
  time += frameLength;
  const events = feed.advance(frameLength, time);
  measured.push({
    reducer: timed(() => {
      state = reduceAll(state, events);
    }),
    order: timed(() => {
      order.rows(state, initialFleetView);
      order.selected(state, initialFleetView);
    }),
    sums: timed(() => {
      overview(state);
      measure(state);
    }),
    title: timed(() => standingOf(state)),
  });
}
process.stdout.write(`${JSON.stringify(measured.slice(warmUp))}\n`);
