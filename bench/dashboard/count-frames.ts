import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Figure } from '../figure.ts';
import type { Count } from './counted-program.ts';

const run = promisify(execFile);

/** Bytes that each step may take at most. */
const ceilings = {
  'first frame': 3500,
  'log line in view': 160,
  'phase in view': 400,
  'phase that moves a row': 2000,
  key: 800,
} as const;

/** How many times the bytes that a full table takes may be taken for fifty times as many nodes. */
const growth = 1.05;

/** @param program A bundle of `counted-program.ts`. */
export const countFrames = async (
  program: string,
  signal: AbortSignal,
): Promise<readonly Figure[]> => {
  const count = async (nodes: number): Promise<readonly Count[]> => {
    const { stdout } = await run(process.execPath, [program, String(nodes)], { signal });
    return JSON.parse(stdout) as readonly Count[];
  };
  const [few, full, many] = [await count(10), await count(100), await count(5000)];
  const bytesOf = (counts: readonly Count[], step: string) =>
    counts.find((one) => one.step === step)?.bytes ?? Number.NaN;
  const hidden = many.find(({ step }) => step === 'log lines out of view');
  return [
    ...Object.entries(ceilings).flatMap(([step, ceiling]): Figure[] => [
      {
        name: `bytes: ${step}, 10 nodes`,
        unit: 'bytes',
        samples: [bytesOf(few, step)],
        target: { of: 'value', atMost: ceiling, exact: true },
      },
      {
        name: `bytes: ${step}, 5,000 nodes`,
        unit: 'bytes',
        samples: [bytesOf(many, step)],
        baseline: { name: '100 nodes', samples: [bytesOf(full, step)] },
        target: { of: 'ratio', atMost: growth, exact: true },
      },
    ]),
    {
      name: 'bytes: 2,000 log lines out of view',
      unit: 'bytes',
      samples: [hidden?.bytes ?? Number.NaN],
      target: { of: 'value', atMost: 0, exact: true },
    },
    {
      name: 'frames: 2,000 log lines out of view',
      unit: 'frames',
      samples: [hidden?.frames ?? Number.NaN],
      target: { of: 'value', atMost: 0, exact: true },
    },
  ];
};
