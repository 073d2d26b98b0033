import { readFile } from 'node:fs/promises';

/** Milliseconds of the processor. */
export type ProcessorTime = {
  /** Of the process itself. */
  readonly own: number;
  /** Of its children that have ended and were waited for, theirs included. */
  readonly children: number;
};

/** Linux counts in hundredths of a second, whatever the kernel's own clock (proc_pid_stat(5)). */
const tick = 10;

/** What `/proc/<pid>/stat` says. */
export const parseStat = (stat: string): ProcessorTime => {
  // The name before them may hold blanks and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (index: number): number => Number(fields[index] ?? Number.NaN);
  return { own: (ticks(11) + ticks(12)) * tick, children: (ticks(13) + ticks(14)) * tick };
};

/** @throws the file system's error where there is no such process, or no `/proc`. */
export const processorTimeOf = async (pid: number): Promise<ProcessorTime> =>
  parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));

/** Processes that a process has started and that run. */
export const childrenOf = async (pid: number): Promise<number[]> => {
  const words = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return words.split(' ').filter(Boolean).map(Number);
};
