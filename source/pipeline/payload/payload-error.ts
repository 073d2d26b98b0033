import type { Topic } from '../../events/topic.ts';

/** The files to upload can't be used; `issues` are complete lines for people. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
  readonly exitStatus = 2;
  readonly topic: Topic = 'payload';

  constructor(
    readonly issues: readonly string[],
    readonly hint: string,
  ) {
    super(issues.join('\n'));
  }
}
