import type { FleetActions } from '../../source/fleet/actions.ts';

const ignore = (): number => 1;

/** Keys have something to act by, and nothing comes of it. */
export const idleActions: FleetActions = {
  configure: ignore,
  push: ignore,
  retry: ignore,
  terminate: ignore,
  doctor: ignore,
  exec: ignore,
  replace: ignore,
  launch: ignore,
  cancel: () => undefined,
  followLogs: () => Promise.resolve(),
  consoleLink: () => undefined,
  sshCommand: () => undefined,
};
