import { type ReactNode, useLayoutEffect, useState } from 'react';
import { useDashboard } from '../dashboard-context.ts';
import { createLease } from './create-lease.ts';
import type { TerminalFeatures } from './features.ts';
import { TerminalLeaseContext } from './lease.ts';
import type { ShellState } from './use-hand-over.ts';
import { useJobControl } from './use-suspend.ts';

type TerminalSessionProps = {
  readonly features: TerminalFeatures;
  /** What the window's title begins with. */
  readonly program: string;
  /** Whether the terminal tells of the fleet outside of the screen too. */
  readonly notifies: boolean;
  readonly shellState: ShellState;
  readonly stdout: NodeJS.WriteStream;
  readonly children: ReactNode;
};

/**
 * Has the terminal as long as it is mounted: what is set in it is put back however the dashboard
 * ends, since Ink unmounts its tree at any end of the process that can be heard of.
 */
export const TerminalSession = (props: TerminalSessionProps) => {
  const { features, program, notifies, shellState, stdout, children } = props;
  const { fleet } = useDashboard();
  const [session] = useState(() => {
    const lease = createLease({
      fleet,
      features,
      program,
      notifies,
      write: (sequence) => {
        // A terminal that is gone has nothing left to be put back.
        if (!stdout.destroyed && !stdout.writableEnded) stdout.write(sequence);
      },
    });
    let isOver = false;
    return {
      open: () => {
        isOver = false;
        lease.acquire();
      },
      close: () => {
        isOver = true;
        lease.release();
      },
      lease: {
        // Work that the terminal was given away for may end after the dashboard.
        acquire: () => {
          if (!isOver) lease.acquire();
        },
        release: () => lease.release(),
      },
    };
  });
  useLayoutEffect(() => {
    session.open();
    return session.close;
  }, [session]);

  return (
    <TerminalLeaseContext value={session.lease}>
      <JobControl shellState={shellState} />
      {children}
    </TerminalLeaseContext>
  );
};

const JobControl = ({ shellState }: Pick<TerminalSessionProps, 'shellState'>) => {
  useJobControl(shellState);
  return null;
};
