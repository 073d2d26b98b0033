/** Something about the sandbox itself that went wrong, for people. */
export class SandboxError extends Error {
  override readonly name: string = 'SandboxError';
  /** Of docs/troubleshooting.md: where to read on. */
  readonly topic = 'sandbox';
  /** What to do next: one line. */
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** The sandbox that runs was built from other sources than this program. */
export class SandboxBuildMismatch extends SandboxError {
  override readonly name = 'SandboxBuildMismatch';

  constructor(running: { readonly build: string; readonly pid: number }, ownBuild: string) {
    super(
      `The sandbox that runs (process ${running.pid}) is of build ${running.build}, this program is of build ${ownBuild}`,
      'End it with everything in it: spot-tui sandbox stop. Then try again.',
    );
  }
}

/** There is a process, but it does not speak. */
export const noAnswer = (pid: number): SandboxError =>
  new SandboxError(
    `The sandbox (process ${pid}) does not answer`,
    `End it (kill -KILL ${pid}) and try again.`,
  );

/**
 * It was asked to end, and doesn't come on.
 *
 * @param left Nodes that it still has; undefined where it never said.
 * @param patience Milliseconds for which nothing has happened.
 */
export const noEnd = (pid: number, left: number | undefined, patience: number): SandboxError => {
  if (left === undefined) return noAnswer(pid);
  const what = left === 0 ? 'files' : left === 1 ? 'one node' : `${left} nodes`;
  return new SandboxError(
    `The sandbox (process ${pid}) is ending, but has ${what} left and has not come on for ${Math.round(patience / 1000)} s`,
    `Leave it to itself, or end it at once (kill -KILL ${pid}): the next sandbox removes what it leaves.`,
  );
};
