import xterm from '@xterm/headless';
import type { Frame } from './frames.ts';
import { size } from './pseudo-terminal.ts';

/**
 * Milliseconds from typing each key to the first byte of the frame that shows what it did. Each key
 * has to change the same part of the screen; one of which nothing is seen has no value.
 *
 * @param keys When they were typed, on the clock of the frames.
 * @param read What a key changes, and nothing else does, read off the lines of the screen.
 */
export const keyLatencies = async (
  frames: readonly Frame[],
  keys: readonly number[],
  read: (lines: readonly string[]) => string,
): Promise<readonly number[]> => {
  const terminal = new xterm.Terminal({
    cols: size.columns,
    rows: size.rows,
    allowProposedApi: true,
  });
  const linesNow = (): string[] =>
    Array.from(
      { length: size.rows },
      (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '',
    );
  const waiting = [...keys];
  const latencies: number[] = [];
  let before: string | undefined;
  for (const { text, time } of frames) {
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    const now = read(linesNow());
    if (before !== undefined && now !== before) {
      const [first] = waiting;
      if (first !== undefined && first <= time) latencies.push(time - first);
      // Keys that were typed in one frame are seen as one.
      while (waiting[0] !== undefined && waiting[0] <= time) waiting.shift();
    }
    before = now;
  }
  terminal.dispose();
  return latencies;
};
