import path from 'node:path';
import { homeFolder } from '../config/state-folders.ts';
import type { Admission } from '../ssh/admission.ts';
import type { HostKeySource, SshIdentity } from '../ssh/connection.ts';
import { createJumpHost, type JumpHost } from '../ssh/jump-host.ts';
import { pinOnFirstUse } from '../ssh/known-hosts.ts';
import type { OpenSshOptions } from '../ssh/openssh-command.ts';
import { knownToUser } from '../ssh/user-known-hosts.ts';
import type { Invocation } from './command.ts';
import type { Workspace } from './workspace.ts';

/** The configured jump host: the way through it for us, and for the system's ssh. */
export type JumpAccess = {
  readonly jumpHost: JumpHost;
  readonly openSsh: NonNullable<OpenSshOptions['jumpHost']>;
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
      tell(
        `its host key ${fingerprint} is trusted from now on, unverified: it is the first one seen`,
      );
      return { trusted: true };
    };
  return {
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
