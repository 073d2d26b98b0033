import path from 'node:path';
import { homeFolder } from '../config/state-folders.ts';
import { DeadlineExceededError, withDeadline } from '../pipeline/deadline.ts';
import type { Admission } from '../ssh/admission.ts';
import type { HostKeySource, SshIdentity } from '../ssh/connection.ts';
import { createJumpHost, type JumpHost } from '../ssh/jump-host.ts';
import { pinOnFirstUse } from '../ssh/known-hosts.ts';
import type { OpenSshOptions } from '../ssh/openssh-command.ts';
import { nameOf } from '../ssh/setback.ts';
import { SshError } from '../ssh/ssh-error.ts';
import { knownToUser } from '../ssh/user-known-hosts.ts';
import type { Invocation } from './command.ts';
import type { Workspace } from './workspace.ts';

/** The configured jump host: the way through it for us, and for the system's ssh. */
export type JumpAccess = {
  readonly jumpHost: JumpHost;
  readonly openSsh: NonNullable<OpenSshOptions['jumpHost']>;
  /** That its key was trusted by this call because it was the first one seen, if so. */
  firstSeen(): string | undefined;
};

/**
 * Prepares the way through the configured jump host; undefined where there is none. Its host key is
 * pinned beside those of the nodes. The first time the user's own known_hosts file decides, and if
 * that does not know it, the key is trusted as it is, which is said, unless the configuration
 * forbids keys that nobody vouches for.
 */
export const openJumpHost = (
  { environment }: Pick<Invocation, 'environment'>,
  { config, folders, wakes }: Pick<Workspace, 'config' | 'folders' | 'wakes'>,
  { admission, identity }: { readonly admission: Admission; readonly identity: SshIdentity },
): JumpAccess | undefined => {
  const target = config.ssh.jumpHost;
  if (target === undefined) return undefined;
  const hostKeyAlias = `jump-host-${target.host}-${target.port}`.toLowerCase();
  const userFile = path.join(homeFolder(environment), '.ssh', 'known_hosts');
  let firstSeen: string | undefined;
  const unknown =
    (tell: (text: string) => void): HostKeySource =>
    async ({ fingerprint, type }) => {
      if (config.unverifiedHostKeys === 'fail') {
        return {
          trusted: false,
          reason: `${userFile} does not know it, and "unverified_host_keys" is "fail"`,
          hint: `connect once by hand and compare ${type} ${fingerprint}: ssh -p ${target.port} ${target.username}@${target.host}`,
        };
      }
      firstSeen = `its host key ${fingerprint} is trusted from now on, unverified: it is the first one seen`;
      tell(firstSeen);
      return { trusted: true };
    };
  return {
    firstSeen: () => firstSeen,
    openSsh: { target, hostKeyAlias },
    jumpHost: createJumpHost({
      target,
      identity,
      admission,
      wakes,
      hostKey: (tell) =>
        pinOnFirstUse(
          folders.knownHosts(config.deployment),
          hostKeyAlias,
          knownToUser(userFile, target, unknown(tell)),
        ),
    }),
  };
};

/** Milliseconds in which a jump host has to let us in where that is all that is asked of it. */
const trialTime = 15_000;

/**
 * Connects to the jump host and leaves again. Resolves with what there is to say of it.
 *
 * @throws SshError that says why it does not let us in, and the signal's reason once that aborts.
 */
export const tryJumpHost = async (
  { firstSeen, jumpHost }: JumpAccess,
  signal: AbortSignal,
): Promise<string> => {
  const { target } = jumpHost;
  const leave = jumpHost.use();
  let reason: string | undefined;
  try {
    await withDeadline(trialTime, signal, (bounded) =>
      jumpHost.connect(bounded, (next) => {
        reason = next;
      }),
    );
    return firstSeen() ?? 'lets us in';
  } catch (error) {
    if (!(error instanceof DeadlineExceededError)) throw error;
    throw new SshError(
      'session',
      reason ?? 'no answer',
      `Try it by hand: ssh -p ${target.port} ${target.username}@${target.host}.`,
    );
  } finally {
    leave();
  }
};

/** A jump host as checks and messages call it. */
export const jumpHostName = ({ jumpHost }: JumpAccess): string =>
  `jump host ${nameOf(jumpHost.target)}`;
