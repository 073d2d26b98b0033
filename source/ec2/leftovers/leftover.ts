import type { AccountRegion } from '../scope.ts';

/** Something that spot-tui made, found by its tag, and how to remove it. */
export type Leftover = {
  /** In words for people: `launch template spot-tui-orchard (us-west-2)`. */
  readonly name: string;
  /** The deployment whose tag it carries. */
  readonly deployment: string;
  /** When its deployment may be destroyed, where it says so; milliseconds since the Unix epoch. */
  readonly expiresAt?: number;
  /**
   * Waits, within the scope's patience, for what still holds it. Rejects with an `Ec2Error`; of
   * kind `not-found` where it is gone already.
   */
  readonly remove: (signal: AbortSignal) => Promise<unknown>;
};

/**
 * Finds everything of one kind that carries a deployment's tag, or that of any deployment.
 *
 * @throws Ec2Error
 */
export type FindLeftovers = (
  scope: AccountRegion,
  deployment: string | undefined,
  signal: AbortSignal,
) => Promise<Leftover[]>;
