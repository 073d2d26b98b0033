import type { Output } from './pseudo-terminal.ts';

/** What was drawn at once. */
export type Frame = {
  /** When its first byte came; milliseconds of the machine's monotonic clock. */
  readonly time: number;
  readonly text: string;
  readonly bytes: number;
};

const beginning = Buffer.from('\u001B[?2026h');

/**
 * The frames in what a program wrote: Ink says where each one begins, for terminals to show it at
 * once. What comes before the first is left out.
 */
export const framesOf = (output: readonly Output[]): readonly Frame[] => {
  const all = Buffer.concat(output.map(({ bytes }) => bytes));
  const starts: number[] = [];
  for (let at = all.indexOf(beginning); at >= 0; at = all.indexOf(beginning, at + 1)) {
    starts.push(at);
  }
  let piece = 0;
  let end = output[0]?.bytes.length ?? 0;
  return starts.map((start, index) => {
    while (end <= start) end += output[++piece]?.bytes.length ?? Number.POSITIVE_INFINITY;
    const bytes = all.subarray(start, starts[index + 1]);
    return {
      time: output[piece]?.time ?? Number.NaN,
      text: bytes.toString(),
      bytes: bytes.length,
    };
  });
};
