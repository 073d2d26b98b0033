import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A virtual environment with the packages, made once and kept in the user's cache folder; another
 * list of packages makes another environment.
 *
 * @returns Its folder.
 */
export const ensurePythonEnvironment = async (requirements: readonly string[]): Promise<string> => {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const digest = createHash('sha256').update(requirements.join()).digest('hex').slice(0, 12);
  const environment = path.join(cache, 'spot-tui-contract', digest);
  const mark = path.join(environment, 'complete');
  try {
    await access(mark);
    return environment;
  } catch {
    await rm(environment, { recursive: true, force: true });
  }
  await mkdir(environment, { recursive: true });
  await run('python3', ['-m', 'venv', environment]);
  await run(path.join(environment, 'bin', 'pip'), [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    ...requirements,
  ]);
  // The mark appears at once: an installation that was cut off is never taken for a whole one.
  await writeFile(`${mark}.new`, requirements.join('\n'));
  await rename(`${mark}.new`, mark);
  return environment;
};
