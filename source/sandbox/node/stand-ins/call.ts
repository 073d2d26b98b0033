/** A call of a program that the sandbox answers in place of the real one. */
export type Call = {
  /** The name by which it was called. */
  readonly program: string;
  readonly words: readonly string[];
  /** Where it was called; absolute path in the node. */
  readonly directory: string;
  /** Uid of the caller within the node. */
  readonly user: number;
  /** The caller's environment, as far as the program looks at it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Prints to standard output, as it is. */
  out(text: string): void;
  /** Prints to standard error, as it is. */
  err(text: string): void;
  /** From now on, output is handed out as it comes instead of at the end. */
  stream(): void;
  /** All of standard input. */
  input(): Promise<string>;
  /** Aborts when the caller is gone. */
  readonly signal: AbortSignal;
};

/** Does what was called for; the status is the program's exit status. */
export type Answer = (call: Call) => Promise<number>;

/** Prints one line to standard error and gives the status of a failure. */
export const complain = (call: Call, message: string, status = 1): number => {
  call.err(`${message}\n`);
  return status;
};
