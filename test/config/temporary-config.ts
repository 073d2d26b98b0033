import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { ConfigError, formatIssue } from '../../source/config/issue.ts';
import { type LoadedConfig, loadConfig } from '../../source/config/load.ts';

/** A folder that goes with the test. */
export const temporaryFolder = async (test: TestContext): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-config-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** Loads a text as `config.yaml` of a folder of its own, where the user's home is, too. */
export const loadText = async (
  test: TestContext,
  content: string | Buffer,
): Promise<LoadedConfig & { readonly folder: string }> => {
  const folder = await temporaryFolder(test);
  await writeFile(path.join(folder, 'config.yaml'), content);
  const loaded = await loadConfig('config.yaml', {
    environment: { HOME: '/home/someone' },
    workingDirectory: folder,
  });
  return { ...loaded, folder };
};

export type Rejection = {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
};

/** The lines that a user sees of a configuration that is refused. */
export const rejectedLines = async (
  test: TestContext,
  content: string | Buffer,
): Promise<Rejection> => {
  try {
    await loadText(test, content);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { errors: error.message.split('\n'), warnings: error.warnings.map(formatIssue) };
  }
  throw new Error('the configuration was accepted');
};

/** The lines of warnings about a configuration that is accepted. */
export const warningLines = async (test: TestContext, content: string): Promise<string[]> =>
  (await loadText(test, content)).warnings.map(formatIssue);
