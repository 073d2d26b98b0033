import { useApp } from 'ink';
import { use, useEffect, useEffectEvent } from 'react';
import { useDashboard } from '../dashboard-context.ts';
import { TerminalLeaseContext } from './lease.ts';
import { stopJob } from './stop-job.ts';
import { type ShellState, useHandOver } from './use-hand-over.ts';

/**
 * A function that stops the program as ctrl-z does with others: the terminal is as it was before,
 * the shell is back, and `fg` brings the dashboard back, in a window of any size. Timers that came
 * due meanwhile fire at once afterwards; connections that did not live that long are made again by
 * whoever needs them.
 */
export const useSuspend = (state: ShellState): (() => Promise<void>) => {
  const { view } = useDashboard();
  const handOver = useHandOver(state);
  const refuse = (text: string) => {
    view.dispatch({ type: 'tell', feedback: { tone: 'warning', text } });
  };

  return async () => {
    if (process.platform === 'win32') return refuse('Windows has no shell to come back from');
    // Whoever has the terminal is part of the job, and what was given away need not be again.
    if (state.isOpen) return void (await stopJob());
    let wasStopped = false;
    await handOver(async () => {
      wasStopped = await stopJob();
      refreshWindowSize();
    });
    if (!wasStopped) refuse('There is no shell here that could bring the program back');
  };
};

/**
 * Answers the signals of job control: SIGTSTP suspends; after SIGSTOP, which nobody hears of,
 * SIGCONT draws everything again.
 */
export const useJobControl = (state: ShellState): void => {
  const suspend = useSuspend(state);
  const { suspendTerminal } = useApp();
  const lease = use(TerminalLeaseContext);
  const stop = useEffectEvent(() => void suspend());
  const resume = useEffectEvent(() => {
    if (state.isOpen) return;
    lease.release();
    // Nobody else reads meanwhile, so that input need not be paused.
    void suspendTerminal(refreshWindowSize);
    lease.acquire();
  });

  useEffect(() => {
    if (process.platform === 'win32') return undefined;
    const onStop = () => stop();
    const onContinue = () => resume();
    process.on('SIGTSTP', onStop);
    process.on('SIGCONT', onContinue);
    return () => {
      process.off('SIGTSTP', onStop);
      process.off('SIGCONT', onContinue);
    };
  }, []);
};

/** A job in the background hears nothing of its window: SIGWINCH makes Node ask for the size. */
const refreshWindowSize = (): void => {
  process.emit('SIGWINCH', 'SIGWINCH');
};
