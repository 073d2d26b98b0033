import type { Ec2Error } from './errors.ts';

/** How it stands between this process and EC2 in one region. */
export type Contact = {
  /** Whether EC2 has ever done there what it was asked for: name, network and credentials are good. */
  readonly hasStood: boolean;
  /** What failed last, until EC2 does again what it is asked for. */
  readonly trouble: Ec2Error | undefined;
  /** Whether somebody has waited for the end of a trouble for as long as anybody does. */
  readonly isGivenUp: boolean;
  /** EC2 did what it was asked for. */
  stands(): void;
  /** Something fails for now: told once for all that fails in the same way, until it is over. */
  troubled(error: Ec2Error): void;
  /** The trouble has outlasted all patience: until it is over nobody else need wait as long. */
  givesUp(): void;
};

export type ContactOptions = {
  readonly onTrouble: (error: Ec2Error) => void;
  /** Called when EC2 answers again after a trouble that was told. */
  readonly onRecovery: () => void;
};

export const createContact = ({ onRecovery, onTrouble }: ContactOptions): Contact => {
  const told = new Set<Ec2Error['kind']>();
  let hasStood = false;
  let trouble: Ec2Error | undefined;
  let isGivenUp = false;
  return {
    get hasStood() {
      return hasStood;
    },
    get trouble() {
      return trouble;
    },
    get isGivenUp() {
      return isGivenUp;
    },
    stands() {
      hasStood = true;
      trouble = undefined;
      isGivenUp = false;
      if (told.size === 0) return;
      told.clear();
      onRecovery();
    },
    troubled(error) {
      trouble = error;
      if (told.has(error.kind)) return;
      told.add(error.kind);
      onTrouble(error);
    },
    givesUp() {
      isGivenUp = true;
    },
  };
};
