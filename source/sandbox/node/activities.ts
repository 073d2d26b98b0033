import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudInit } from './cloud-init/cloud-init.ts';
import { makeDockerSocket, removeDockerSocket } from './machine-files.ts';
import type { NodeShell } from './node-shell.ts';
import type { Port } from './sshd/port.ts';
import type { SshServer } from './sshd/ssh-server.ts';
import type { ContainerEngine } from './stand-ins/docker/engine.ts';
import type { BuiltInActivity } from './systemd/service-manager.ts';

export type ActiveParts = {
  readonly cloudInit: CloudInit;
  readonly engine: ContainerEngine;
  readonly port: Port;
  readonly shell: NodeShell;
  readonly ssh: SshServer;
  /** Milliseconds for which logins are refused once SSH answers. */
  readonly booting: number;
};

/** What the machine's own services do, by the names of their units. */
export const builtInActivities = (parts: ActiveParts): ReadonlyMap<string, BuiltInActivity> =>
  new Map<string, BuiltInActivity>([
    ['cloud-init-local.service', stage(() => parts.cloudInit.runLocalStage())],
    ['cloud-init.service', stage(() => parts.cloudInit.runNetworkStage())],
    ['cloud-config.service', stage((signal) => parts.cloudInit.runConfigStage(signal))],
    ['cloud-final.service', { start: (signal) => parts.cloudInit.runFinalStage(signal) }],
    ['ssh.service', sshActivity(parts)],
    ['docker.service', dockerActivity(parts)],
  ]);

const stage = (run: (signal: AbortSignal) => Promise<void>): BuiltInActivity => ({
  start: async (signal) => {
    await run(signal);
    return true;
  },
});

const sshActivity = ({ port, ssh, booting }: ActiveParts): BuiltInActivity => ({
  start: async (signal) => {
    ssh.isBooting = booting > 0;
    port.open();
    if (booting > 0) void openLater(ssh, booting, signal);
    return true;
  },
  stop: async () => port.refuse(),
});

const openLater = async (ssh: SshServer, delay: number, signal: AbortSignal): Promise<void> => {
  try {
    await sleep(delay, undefined, { signal });
    ssh.isBooting = false;
  } catch {
    // The machine went down before anybody could log in.
  }
};

/** The machine's boot has made the socket already. */
const dockerActivity = ({ engine, shell }: ActiveParts): BuiltInActivity => {
  let hasSocket = true;
  return {
    start: async () => {
      if (!hasSocket) await makeDockerSocket(shell);
      hasSocket = true;
      engine.start();
      return true;
    },
    stop: async () => {
      engine.stop();
      hasSocket = false;
      await removeDockerSocket(shell);
    },
  };
};
