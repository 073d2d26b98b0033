import type { Config } from '../../source/config/config.ts';
import type { Emit } from '../../source/events/event.ts';
import { FleetSessions } from '../../source/fleet/fleet-sessions.ts';
import { noRemoteScripts } from '../../source/pipeline/remote-script.ts';

/** The sessions of a fleet whose nodes are launched and named, and never connected to. */
export const unconnectedSessions = (parts: {
  readonly config: Config;
  readonly emit: Emit;
  readonly clock: () => number;
}): FleetSessions =>
  new FleetSessions({
    ...parts,
    scripts: noRemoteScripts,
    connect: () => {
      throw new Error('nothing connects here');
    },
    followLogs: false,
    watchFleet: false,
    payload: () => undefined,
    onDoubt: () => undefined,
  });
