import type { Check } from './check.ts';

/** The directories that services rely on exist. */
export const checkDirectories: Check = ({ directories }, target) => {
  const existing = new Set(directories.filter(({ exists }) => exists).map(({ path }) => path));
  const missing = target.directories.filter((path) => !existing.has(path));
  return [
    missing.length === 0
      ? { name: 'directories', status: 'passed', detail: `${target.directories.length} exist` }
      : {
          name: 'directories',
          status: 'failed',
          detail: `missing: ${missing.join(', ')}`,
          hint: 'cloud-init makes them at first boot: look at /var/log/cloud-init-output.log on the node.',
        },
  ];
};
