import type { Figure, MeasureOptions, Subject } from '../figure.ts';
import { percentile } from '../statistics.ts';
import { bundle } from './bundle.ts';
import { countFrames } from './count-frames.ts';
import { measureBookkeeping } from './measure-bookkeeping.ts';
import { type Measured, measureDashboard } from './measure-dashboard.ts';
import { measureRich, type RichFrame } from './measure-rich.ts';

export const dashboard: Subject = {
  name: 'dashboard',
  title: 'Dashboard: 120×40, a tenth of the nodes changing and 2,000 log lines a second',
  measure: async (options) => {
    const { folder, quick, signal, log } = options;
    const counted = await bundle('counted-program.ts', folder);
    const program = await bundle('measured-program.ts', folder);
    log('  bytes of single frames');
    const counts = await countFrames(counted, signal);
    log('  what is done before anything is drawn');
    const shares = await measureBookkeeping(
      await bundle('bookkeeping-program.ts', folder),
      options,
    );
    const sizes = quick ? [100, 5000] : [10, 100, 1000, 5000];
    const rounds = await measureRounds(options, program, sizes);
    return [...counts, ...figuresOf(rounds, sizes), ...shares];
  },
};

/** What was measured in one repetition, by the number of nodes. */
type Round = {
  readonly fleet: ReadonlyMap<number, Measured>;
  /** With a node's page open in the largest fleet. */
  readonly page: Measured;
  /** Empty where rich can't be had. */
  readonly rich: ReadonlyMap<number, RichFrame>;
};

const measureRounds = async (
  { quick, repetitions, signal, log }: MeasureOptions,
  program: string,
  sizes: readonly number[],
): Promise<readonly Round[]> => {
  const largest = Math.max(...sizes);
  const measure = (nodes: number, opening: readonly string[], keys: readonly string[]) =>
    measureDashboard(
      program,
      {
        nodes,
        changing: 0.1,
        lines: 2000,
        feeding: quick ? 500 : 1000,
        warmUp: quick ? 1500 : 3000,
        window: quick ? 4000 : 8000,
        opening,
        keys,
        read: readNode,
      },
      signal,
    );
  let hasRich = true;
  const rounds: Round[] = [];
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    const fleet = new Map<number, Measured>();
    const rich = new Map<number, RichFrame>();
    for (const nodes of sizes) {
      log(`  ${nodes} nodes, ${repetition} of ${repetitions}`);
      fleet.set(nodes, await measure(nodes, ['j', 'j'], ['j', 'k']));
      if (!hasRich) continue;
      try {
        const frames = Math.max(quick ? 1 : 2, Math.floor(1000 / nodes));
        rich.set(nodes, await measureRich(nodes, frames, signal));
      } catch (error) {
        signal.throwIfAborted();
        hasRich = false;
        log(`  without rich: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    log(`  a node's page, ${repetition} of ${repetitions}`);
    const page = await measure(largest, ['j', 'j', '\r'], [']', '[']);
    rounds.push({ fleet, page, rich });
  }
  return rounds;
};

/** The node that the screen tells more of: its name stands in a rule. */
const readNode = (lines: readonly string[]): string =>
  lines.map((line) => /^── (\S+)/.exec(line)?.[1]).find((name) => name !== undefined) ?? '';

const figuresOf = (rounds: readonly Round[], sizes: readonly number[]): readonly Figure[] => {
  const largest = Math.max(...sizes);
  const samples = (nodes: number, read: (measured: Measured) => number) =>
    rounds.flatMap(({ fleet }) => {
      const measured = fleet.get(nodes);
      return measured === undefined ? [] : read(measured);
    });
  const beside = (nodes: number, read: (frame: RichFrame) => number) => {
    const values = rounds.flatMap(({ rich }) => {
      const frame = rich.get(nodes);
      return frame === undefined ? [] : read(frame);
    });
    return values.length < rounds.length
      ? {}
      : { baseline: { name: 'rich Live table', samples: values } };
  };
  const named = (nodes: number) => `${nodes.toLocaleString('en-US')} nodes`;
  const cpu = ({ cpu: value }: Measured) => value;
  return [
    ...sizes.map(
      (nodes): Figure => ({
        name: `CPU a frame, ${named(nodes)}`,
        unit: 'ms',
        samples: samples(nodes, cpu),
        ...beside(nodes, (frame) => frame.cpu),
        ...(nodes === largest ? { target: { of: 'value', atMost: 8 } as const } : {}),
        note: describeFrames(samples, nodes),
      }),
    ),
    {
      name: `CPU a frame, ${named(largest)} beside 100`,
      unit: 'ms',
      samples: samples(largest, cpu),
      baseline: { name: '100 nodes', samples: samples(100, cpu) },
      target: { of: 'ratio', atMost: 1.2 },
    },
    {
      name: `CPU a frame, ${named(largest)}, a node's page`,
      unit: 'ms',
      samples: rounds.map(({ page }) => page.cpu),
    },
    ...sizes.map(
      (nodes): Figure => ({
        name: `bytes a frame, ${named(nodes)}`,
        unit: 'bytes',
        samples: samples(nodes, ({ bytes }) => bytes),
        ...beside(nodes, ({ bytes }) => bytes),
      }),
    ),
    ...sizes.flatMap((nodes) =>
      latencyFigures(
        named(nodes),
        nodes === largest,
        rounds.flatMap(({ fleet }) => fleet.get(nodes) ?? []),
      ),
    ),
    ...latencyFigures(
      `${named(largest)}, a node's page`,
      false,
      rounds.map(({ page }) => page),
    ),
  ];
};

const latencyFigures = (
  name: string,
  hasTarget: boolean,
  measured: readonly Measured[],
): readonly Figure[] =>
  [50, 95, 99].map((percent) => ({
    name: `key to frame p${percent}, ${name}`,
    unit: 'ms',
    samples: measured.map(({ latencies }) => percentile(latencies, percent)),
    ...(hasTarget && percent === 95 ? { target: { of: 'value', atMost: 50 } as const } : {}),
  }));

const describeFrames = (
  samples: (nodes: number, read: (measured: Measured) => number) => readonly number[],
  nodes: number,
): string => {
  const middle = (read: (measured: Measured) => number) =>
    percentile(samples(nodes, read), 50).toFixed(1);
  const gross = middle(({ grossCpu }) => grossCpu);
  const rate = middle(({ framesPerSecond }) => framesPerSecond);
  return `${gross} ms with the feeding, ${rate} frames a second`;
};
