import type { Check } from './check.ts';

/** Docker answers, and every expected container runs. */
export const checkContainers: Check = ({ docker, containers }, target) => {
  if (target.containers.length === 0) {
    return [{ name: 'containers', status: 'skipped', detail: 'none expected' }];
  }
  if ('problem' in docker) {
    return [
      {
        name: 'docker',
        status: 'failed',
        detail: docker.problem,
        hint: 'Look at `systemctl status docker` on the node; cloud-init installs it at first boot.',
        pending: true,
      },
    ];
  }
  return [
    { name: 'docker', status: 'passed', detail: `version ${docker.version}` },
    ...target.containers.map((expected) => {
      const name = `container ${expected}` as const;
      const container = containers.find((each) => isCalled(each.name, expected));
      if (container?.state === 'running') {
        return { name, status: 'passed' as const, detail: container.status };
      }
      return {
        name,
        status: 'failed' as const,
        detail:
          container === undefined ? 'does not exist' : `${container.state}: ${container.status}`,
        hint: `Look at \`docker logs ${container?.name ?? expected}\` on the node and at the log of the service that starts it.`,
        pending: true as const,
      };
    }),
  ];
};

/**
 * Compose calls a container without a name of its own `<project>-<service>-1`, v1 with `_`. What is
 * expected is such a name as a whole, or the service's alone.
 */
const isCalled = (name: string, expected: string): boolean => {
  const stem = /^(.+)[-_]\d+$/.exec(name)?.[1];
  if (name === expected || stem === undefined) return name === expected;
  return (
    stem.endsWith(`-${expected}`) ||
    stem.endsWith(`_${expected}`) ||
    (/-\d+$/.test(expected) && dashed(name) === dashed(expected))
  );
};

const dashed = (name: string): string => name.replaceAll('_', '-');
