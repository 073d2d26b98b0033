import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Figure, MeasureOptions } from '../figure.ts';
import { median } from '../statistics.ts';
import type { Bookkeeping } from './bookkeeping-program.ts';

const run = promisify(execFile);

const parts = {
  reducer: 'folding the events',
  order: 'order of the rows',
  sums: 'counts, cost and widths',
  title: "the window's title",
} as const satisfies Record<keyof Bookkeeping, string>;

/**
 * What a frame takes before anything is drawn, of a hundred nodes and of five thousand.
 *
 * @param program A bundle of `bookkeeping-program.ts`.
 */
export const measureBookkeeping = async (
  program: string,
  { repetitions, signal }: Pick<MeasureOptions, 'repetitions' | 'signal'>,
): Promise<readonly Figure[]> => {
  const measure = async (nodes: number): Promise<Bookkeeping> => {
    const { stdout } = await run(process.execPath, [program, String(nodes)], { signal });
    const frames = JSON.parse(stdout) as readonly Bookkeeping[];
    const middle = (part: keyof Bookkeeping) => median(frames.map((frame) => frame[part]));
    return {
      reducer: middle('reducer'),
      order: middle('order'),
      sums: middle('sums'),
      title: middle('title'),
    };
  };
  const few: Bookkeeping[] = [];
  const many: Bookkeeping[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    few.push(await measure(100));
    many.push(await measure(5000));
  }
  return (Object.keys(parts) as (keyof Bookkeeping)[]).map((part) => ({
    name: `a frame's share: ${parts[part]}, 5,000 nodes`,
    unit: 'ms',
    samples: many.map((one) => one[part]),
    baseline: { name: '100 nodes', samples: few.map((one) => one[part]) },
  }));
};
