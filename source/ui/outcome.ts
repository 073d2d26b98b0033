/** Why the dashboard was left. The caller decides what that means for the exit status. */
export type DashboardOutcome =
  /** `q` was pressed. */
  | { readonly type: 'quit' }
  /** Ctrl-c was pressed twice, or a signal came. SIGHUP also stands for a terminal that is gone. */
  | { readonly type: 'interrupted'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
  /** The caller's abort signal fired. */
  | { readonly type: 'aborted' };
