import type { Topic } from '../../events/topic.ts';

/** A secret can't be used. Nothing of the secret itself is in it. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
  readonly exitStatus = 2;
  readonly topic: Topic = 'secrets';

  /** @param hint What to do next: one line. */
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
