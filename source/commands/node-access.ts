import type { Instance } from '../ec2/cloud.ts';
import { sshPortOf } from '../fleet/ssh-port.ts';
import type { TrustedHostKey } from '../pipeline/host-key/check-host-key.ts';
import { createAdmission, handshakesAtOnce } from '../ssh/admission.ts';
import type { NodeConnection, SshTarget } from '../ssh/connection.ts';
import { loadIdentity } from '../ssh/identity.ts';
import { createConnection } from '../ssh/node-connection.ts';
import { type OpenSshCommand, openSshCommand } from '../ssh/openssh-command.ts';
import { SshError } from '../ssh/ssh-error.ts';
import { askSecretly } from './ask-secretly.ts';
import type { Invocation } from './command.ts';
import { openHostKeys } from './host-keys.ts';
import { isInteractive } from './interactivity.ts';
import { type JumpAccess, openJumpHost } from './jump-host.ts';
import type { Workspace } from './workspace.ts';

/**
 * Milliseconds since its launch in which a machine may not know its keys yet; afterwards a refused
 * key is refused.
 */
const keysInstalledAfter = 5 * 60_000;

/** How this call reaches nodes by SSH: one key, one set of pinned host keys. */
export type NodeAccess = {
  /** `onHostKey` hears of the node's key once it is trusted. */
  connect(instance: Instance, onHostKey?: (key: TrustedHostKey) => void): NodeConnection;
  /** The system's ssh for a node; without a command a login shell. */
  openSsh(instance: Instance, command?: readonly string[]): OpenSshCommand;
  /** What all connections go through, where the configuration says so. */
  readonly jump?: JumpAccess;
};

/**
 * Loads the key, asking for its passphrase where somebody can be asked.
 *
 * @throws SshError when there is no usable key, and the signal's reason once that aborts.
 */
export const openNodeAccess = async (
  invocation: Invocation,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<NodeAccess> => {
  const { config, folders } = workspace;
  const { environment, options, stderr } = invocation;
  const { privateKeyPath, publicKeyPath, username } = config.ssh;
  const agentSocket = environment.SSH_AUTH_SOCK;
  const loaded = await loadIdentity({
    ...(privateKeyPath === undefined ? {} : { privateKeyPath }),
    ...(publicKeyPath === undefined ? {} : { publicKeyPath }),
    ...(agentSocket === undefined ? {} : { agentSocket }),
    ...(isInteractive(invocation)
      ? {
          askPassphrase: ({ path, attempt }) =>
            askSecretly(
              invocation,
              `${attempt > 1 ? 'That was not it. ' : ''}Passphrase of ${path}:`,
              signal,
            ),
        }
      : {}),
  });
  for (const warning of loaded.warnings) stderr.write(`warning: ${warning}\n`);
  const admission = createAdmission(handshakesAtOnce);
  const knownHostsFile = folders.knownHosts(config.deployment);
  const hostKeys = openHostKeys(invocation, workspace);
  const { identity } = loaded;
  const jump = openJumpHost(invocation, workspace, { admission, identity });
  const targetOf = (instance: Instance): SshTarget => {
    if (instance.address === undefined) {
      throw new SshError(
        'session',
        `${instance.instanceId} has no address`,
        'Wait until it runs, or set associate_public_ip: true for new nodes.',
      );
    }
    return { host: instance.address, port: sshPortOf(instance, config), username };
  };
  return {
    ...(jump === undefined ? {} : { jump }),
    connect: (instance, onHostKey) => {
      const hostKey = hostKeys.check(instance, onHostKey);
      return createConnection({
        target: targetOf(instance),
        identity,
        hostKey: hostKey.source,
        onReached: hostKey.prefetch,
        admission,
        wakes: workspace.wakes,
        ...(jump === undefined ? {} : { jumpHost: jump.jumpHost }),
        ...(workspace.ec2Clock() - instance.launchedAt > keysInstalledAfter
          ? { authenticationGrace: 0 }
          : {}),
      });
    },
    openSsh: (instance, command) =>
      openSshCommand({
        target: targetOf(instance),
        ...(privateKeyPath === undefined
          ? publicKeyPath === undefined
            ? {}
            : { identityFile: publicKeyPath }
          : { identityFile: privateKeyPath }),
        knownHostsFile,
        hostKeyAlias: instance.instanceId,
        ...(jump === undefined ? {} : { jumpHost: jump.openSsh }),
        // As ssh itself does it: the remote shell gets the words joined by blanks.
        ...(command === undefined ? {} : { command: command.join(' ') }),
        terminal: command === undefined && invocation.stdin.isTTY === true,
        userConfiguration: options.userSshConfig,
      }),
  };
};
