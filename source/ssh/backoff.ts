/**
 * How far an attempt to connect got:
 * - `unreached`: nothing answered on the port;
 * - `turned-away`: something answered, and closed before the key was looked at;
 * - `key-refused`: the SSH server looked at the key and did not take it.
 */
export type Setback = 'unreached' | 'turned-away' | 'key-refused';

/**
 * Milliseconds to wait before the next attempt, after `count` (from 1) consecutive setbacks of the
 * same kind.
 */
export type Backoff = (setback: Setback, count: number) => number;

/**
 * Knocking on a closed port costs nobody anything, so that is done often. OpenSSH 9.8 and later
 * shut a source address out once its penalties add up to 15 seconds, at 1 s for a connection that
 * ends before authentication and 5 s for a refused key (`PerSourcePenalties` in sshd_config(5)):
 * those are never repeated faster than their penalty runs off, once a few quick ones failed.
 */
export const patientBackoff: Backoff = (setback, count) => {
  switch (setback) {
    case 'unreached':
      return jittered(Math.min(200 * 2 ** (count - 1), 2_000));
    case 'turned-away':
      return jittered(Math.min(1_000 * 1.5 ** (count - 1), 5_000));
    case 'key-refused':
      return jittered(6_000);
    default:
      return setback satisfies never;
  }
};

/** Spreads waits by a sixth either way, so that a fleet that starts together does not knock together. */
export const jittered = (milliseconds: number): number =>
  milliseconds * (5 / 6 + Math.random() / 3);
