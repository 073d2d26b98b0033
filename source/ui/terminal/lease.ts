import { createContext } from 'react';

/** What the dashboard has set in the terminal, as long as the terminal is its own. */
export interface TerminalLease {
  /** Sets it. Does nothing while it is set. */
  acquire(): void;
  /** Puts back what was before, so that another program can have the terminal. */
  release(): void;
}

/** A lease on a terminal in which nothing is set. */
const nothing: TerminalLease = { acquire: () => undefined, release: () => undefined };

export const TerminalLeaseContext = createContext<TerminalLease>(nothing);
