import { setTimeout } from 'node:timers/promises';
import { framesOf } from './frames.ts';
import { keyLatencies } from './key-latency.ts';
import type { ProgramOptions, Said } from './measured-program.ts';
import { runInTerminal, toTime } from './pseudo-terminal.ts';

/** What the dashboard took in a window of time. */
export type Measured = {
  readonly frames: number;
  /** Milliseconds a frame, without and with what the feeding takes. */
  readonly cpu: number;
  readonly grossCpu: number;
  readonly bytes: number;
  readonly framesPerSecond: number;
  /** Milliseconds, one for each key of which something was seen. */
  readonly latencies: readonly number[];
};

export type DashboardScenario = ProgramOptions & {
  /** Keys that are typed once the first frame is there, one after the other. */
  readonly opening: readonly string[];
  /** Keys that are typed in turns in the window; each is to change what `read` reads. */
  readonly keys: readonly string[];
  readonly read: (lines: readonly string[]) => string;
};

/** Milliseconds between two keys: more than any should take, and never in step with the frames. */
const pauses = [131, 97, 149, 113, 173, 101, 157] as const;

/** @param program A bundle of `measured-program.ts`. */
export const measureDashboard = async (
  program: string,
  { opening, keys, read, ...options }: DashboardScenario,
  signal: AbortSignal,
): Promise<Measured> => {
  const window = { start: Number.NaN, end: Number.NaN };
  let ended: Extract<Said, { type: 'ended' }> | undefined;
  const stopped = new AbortController();
  let typing = Promise.resolve();
  const session = await runInTerminal({
    command: [process.execPath, program, JSON.stringify(options)],
    signal,
    onLine: (line, type) => {
      const said = JSON.parse(line) as Said;
      switch (said.type) {
        case 'drawn':
          for (const key of opening) type(key);
          return;
        case 'began':
          window.start = toTime(said.time);
          typing = typeInTurns(keys, type, stopped.signal);
          return;
        case 'ended':
          stopped.abort();
          window.end = toTime(said.time);
          ended = said;
          return;
        default:
          said satisfies never;
      }
    },
  });
  await typing;
  if (ended === undefined) throw new Error('The dashboard ended before it was measured.');
  const all = framesOf(session.output);
  const frames = all.filter(({ time }) => time >= window.start && time <= window.end);
  const { cpu, feedingCpu } = ended;
  const inWindow = session.keys.filter((time) => time >= window.start);
  return {
    frames: frames.length,
    cpu: (cpu - feedingCpu) / frames.length,
    grossCpu: cpu / frames.length,
    bytes: frames.reduce((sum, { bytes }) => sum + bytes, 0) / frames.length,
    framesPerSecond: (frames.length * 1000) / (window.end - window.start),
    latencies: await keyLatencies(all, inWindow, read),
  };
};

const typeInTurns = async (
  keys: readonly string[],
  type: (keys: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  for (let count = 0; keys.length > 0; count++) {
    await setTimeout(pauses[count % pauses.length], undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    type(keys[count % keys.length] ?? '');
  }
};
