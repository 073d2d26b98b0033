import type { Topic } from '../events/topic.ts';

/** Exit statuses of the program; part of the contract. */
export const exitStatus = {
  success: 0,
  /** A node failed, a check failed, capacity was refused, or the time ran out. */
  failure: 1,
  /** Usage or configuration error, or a question that can't be asked. */
  usage: 2,
  /** AWS credentials, permission or quota. */
  access: 3,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitStatus = number;

/** The command line, or what it names, can't be used as it is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitStatus = exitStatus.usage;

  /**
   * @param hint What to do next: one line.
   * @param topic Where to read on, where the hint does not say all that there is to say.
   */
  constructor(
    message: string,
    readonly hint: string,
    readonly topic?: Topic,
  ) {
    super(message);
  }
}

/** The exit status that an error stands for: its own where it has one. */
export const exitStatusOf = (error: unknown): ExitStatus =>
  error instanceof Error && 'exitStatus' in error && typeof error.exitStatus === 'number'
    ? error.exitStatus
    : exitStatus.failure;
