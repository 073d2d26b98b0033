import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import type { RunCommand } from './command.ts';
import { exitStatus, UsageError } from './exit-status.ts';

/** What a new deployment begins with: a name here, and where it comes from in the templates. */
const starterFiles = [
  ['config.yaml', 'deployments/bacalhau/config.yaml'],
  ['config.schema.json', 'config.schema.json'],
  ['scripts', 'deployments/bacalhau/scripts'],
  ['config', 'deployments/bacalhau/config'],
  ['services', 'deployments/bacalhau/services'],
] as const;

/** Writes a starter configuration and the workload that it deploys, for editing. */
export const run: RunCommand = async ({ currentFolder, options, stdout, templatesFolder }) => {
  const names = starterFiles.map(([name]) => name);
  const existing = names.filter((name) => existsSync(path.join(currentFolder, name)));
  if (existing.length > 0 && !options.force) {
    throw new UsageError(
      `${existing.join(', ')} ${existing.length === 1 ? 'exists' : 'exist'} here already`,
      'Use an empty folder, or --force to overwrite.',
    );
  }
  for (const [name, source] of starterFiles) {
    await cp(path.join(templatesFolder, source), path.join(currentFolder, name), {
      recursive: true,
      force: true,
    });
  }
  if (options.json) {
    stdout.write(`${JSON.stringify({ written: names })}\n`);
    return exitStatus.success;
  }
  stdout.write(
    [
      'Wrote:',
      '  config.yaml         what to launch and where; every key is explained in it',
      '  config.schema.json  lets your editor complete and check config.yaml',
      '  scripts/            land in /opt/uploaded_files/scripts',
      '  config/             lands in /opt/uploaded_files/config',
      '  services/           systemd units; started if they have an [Install] section',
      '',
      'Next: edit config.yaml, then `spot-tui validate`, then `spot-tui create`.',
      'Or try it first without AWS: `spot-tui create --sandbox`.',
      '',
    ].join('\n'),
  );
  return exitStatus.success;
};
