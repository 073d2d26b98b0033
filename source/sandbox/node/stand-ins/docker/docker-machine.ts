import type { NodeShell } from '../../node-shell.ts';
import type { ContainerEngine } from './engine.ts';

/** What docker's commands work on. */
export type DockerMachine = {
  readonly engine: ContainerEngine;
  readonly shell: NodeShell;
  readonly hostname: string;
};

/** The daemon's absence in docker's words; undefined while it runs. */
export const absenceOf = (engine: ContainerEngine): string | undefined =>
  engine.isRunning
    ? undefined
    : 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
