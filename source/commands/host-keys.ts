import type { Instance } from '../ec2/cloud.ts';
import {
  checkHostKey,
  type HostKeyCheck,
  type TrustedHostKey,
} from '../pipeline/host-key/check-host-key.ts';
import { ConsoleWatch } from '../pipeline/host-key/console-watch.ts';
import { type Admission, createAdmission } from '../ssh/admission.ts';
import type { Invocation } from './command.ts';
import { isInteractive } from './interactivity.ts';
import type { Workspace } from './workspace.ts';

/** Consoles of a region that are read at a time: each is a call of its own, and EC2 throttles. */
const consolesAtATime = 8;

/** Milliseconds that a console is waited for where its key may not be trusted unseen. */
const patience = { fail: 60_000, pin: 20_000 } as const;

/** How this call finds out whether the nodes' host keys are their own. */
export type HostKeys = {
  check(instance: Instance, onTrusted?: (key: TrustedHostKey) => void): HostKeyCheck;
};

/** One reader for each instance's console, whatever connects to it. */
export const openHostKeys = (
  invocation: Invocation,
  { cloudOf, clouds, config, ec2Clock, folders }: Workspace,
): HostKeys => {
  const knownHostsFile = folders.knownHosts(config.deployment);
  const unverified = config.unverifiedHostKeys ?? (isInteractive(invocation) ? 'pin' : 'fail');
  const regions = new Map<string, RegionConsoles>();
  const watches = new Map<string, ConsoleWatch>();

  const consolesOf = (region: string): RegionConsoles => {
    const known = regions.get(region);
    if (known !== undefined) return known;
    const cloud = clouds.find((each) => each.region === region) ?? cloudOf(region);
    const opened = { read: cloud.consoleOutput, admission: createAdmission(consolesAtATime) };
    regions.set(region, opened);
    return opened;
  };

  const watchOf = (instance: Instance): ConsoleWatch => {
    const known = watches.get(instance.instanceId);
    if (known !== undefined) return known;
    const watch = new ConsoleWatch({ instance, clock: ec2Clock, ...consolesOf(instance.region) });
    watches.set(instance.instanceId, watch);
    return watch;
  };

  return {
    check: (instance, onTrusted) =>
      checkHostKey({
        instance,
        knownHostsFile,
        console: watchOf(instance),
        unverified,
        // The reason for a failure is told only before the time for connecting runs out.
        patience: Math.min(patience[unverified], config.timeouts.connecting / 2),
        ...(onTrusted === undefined ? {} : { onTrusted }),
      }),
  };
};

type RegionConsoles = {
  readonly read: (instanceId: string, signal: AbortSignal) => Promise<string>;
  readonly admission: Admission;
};
