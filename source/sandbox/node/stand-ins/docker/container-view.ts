import type { Container, Image } from './engine.ts';
import type { TemplateValue } from './go-template.ts';

/** What `docker ps --format` can name. */
export const psRow = (container: Container, fullId: boolean): Record<string, string> => ({
  Command: `"${container.command}"`,
  CreatedAt: `${new Date(container.createdAt).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`,
  ID: fullId ? container.id : container.id.slice(0, 12),
  Image: container.image,
  Labels: Object.entries(container.labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(','),
  LocalVolumes: '0',
  Mounts: '',
  Names: container.name,
  Networks: 'bridge',
  Platform: '',
  Ports: container.ports.join(', '),
  RunningFor: `${duration(Date.now() - container.createdAt)} ago`,
  Size: '0B',
  State: container.state,
  Status: statusText(container),
});

/** Such as `Up 5 seconds (healthy)` or `Exited (0) 2 minutes ago`. */
export const statusText = (container: Container): string => {
  switch (container.state) {
    case 'running': {
      const health = container.healthcheck ? ' (healthy)' : '';
      return `Up ${duration(Date.now() - container.startedAt)}${health}`;
    }
    case 'exited':
      return `Exited (${container.exitCode}) ${duration(Date.now() - container.finishedAt)} ago`;
    case 'created':
      return 'Created';
    default:
      return container.state satisfies never;
  }
};

/** What `docker inspect` shows of a container. */
export const inspectContainer = (container: Container): Record<string, TemplateValue> => ({
  Id: container.id,
  Name: `/${container.name}`,
  Created: new Date(container.createdAt).toISOString(),
  Path: container.command.split(' ')[0] ?? '',
  Args: container.command.split(' ').slice(1),
  Image: container.image,
  RestartCount: 0,
  State: {
    Status: container.state,
    Running: container.state === 'running',
    Paused: false,
    Restarting: false,
    OOMKilled: false,
    Dead: false,
    Pid: 0,
    ExitCode: container.exitCode,
    Error: '',
    StartedAt: timestamp(container.startedAt),
    FinishedAt: timestamp(container.finishedAt),
    ...(container.healthcheck
      ? {
          Health: {
            Status: container.state === 'running' ? 'healthy' : 'unhealthy',
            FailingStreak: 0,
            Log: [],
          },
        }
      : {}),
  },
  Config: { Image: container.image, Labels: container.labels, Env: [], Hostname: container.name },
  HostConfig: { RestartPolicy: { Name: container.restart, MaximumRetryCount: 0 } },
  NetworkSettings: { IPAddress: '', Ports: {} },
  Mounts: [],
});

/** What `docker image inspect` shows. */
export const inspectImage = (image: Image): Record<string, TemplateValue> => ({
  Id: image.id,
  RepoTags: [image.reference],
  RepoDigests: [`${repositoryOf(image.reference)}@${image.id}`],
  Created: timestamp(image.createdAt),
  Architecture: 'amd64',
  Os: 'linux',
  Size: 0,
  Config: { Labels: {} },
});

/** What `docker images --format` can name. */
export const imageRow = (image: Image): Record<string, string> => ({
  ID: image.id.slice(7, 19),
  Repository: repositoryOf(image.reference),
  Tag: /:([^/]+)$/.exec(image.reference)?.[1] ?? '<none>',
  Digest: '<none>',
  CreatedSince: `${duration(Date.now() - image.createdAt)} ago`,
  CreatedAt: timestamp(image.createdAt),
  Size: '0B',
});

const repositoryOf = (reference: string): string => reference.replace(/(?::[^/]+|@.*)$/, '');

const timestamp = (time: number): string =>
  time === 0 ? '0001-01-01T00:00:00Z' : new Date(time).toISOString();

/** As Docker words a duration: `Less than a second`, `5 seconds`, `About a minute`, `3 hours`. */
const duration = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  if (hours === 1) return 'About an hour';
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
};
