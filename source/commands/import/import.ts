import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { readText } from '../../config/read-text.ts';
import { homeFolder } from '../../config/state-folders.ts';
import { cleanText } from '../../ssh/clean-text.ts';
import type { Invocation } from '../command.ts';
import { UsageError } from '../exit-status.ts';
import { refuseExisting } from '../write-starter.ts';
import { openCheckout } from './checkout.ts';
import { examineImport } from './examine-import.ts';
import { importLines, importReport } from './import-report.ts';
import { readOldSettings } from './old-settings.ts';
import { planImport } from './plan-import.ts';
import { readOldDeployment } from './uploads.ts';
import { writeImport } from './write-import.ts';

/**
 * Makes a deployment's folder out of a checkout of the old system, which stays as it is, and says
 * what came of each part of it.
 *
 * @param shown The checkout as the user named it.
 * @throws UsageError | ConfigError With nothing written.
 */
export const importOldCheckout = async (
  { currentFolder, environment, options, stdout, templatesFolder, words: [name] }: Invocation,
  shown: string,
): Promise<void> => {
  const from = path.resolve(currentFolder, shown);
  const folder = path.resolve(currentFolder, name ?? '.');
  const checkout = await openCheckout(from, shown);
  refuseWithin(from, folder);
  const settings = readOldSettings(checkout, homeFolder(environment));
  const deployment = await readOldDeployment(checkout, settings);
  const plan = planImport(
    { checkout, deployment, settings, shown },
    await existingIgnoreFile(folder),
  );
  const isHere = name === undefined || folder === currentFolder;
  if (!options.force) {
    const names = plan.files.map((file) => file.path.split('/')[0] ?? file.path);
    refuseExisting(
      { folder, place: isHere ? 'here' : `in ${name}` },
      [...new Set([...names, 'config.schema.json'])].filter((each) => each !== '.gitignore'),
    );
  }
  const issues = await writeImport(
    plan.files,
    { folder, schema: path.join(templatesFolder, 'config.schema.json') },
    (staged) => examineImport(staged, environment, templatesFolder),
  );
  const report = importReport({ from, folder, configuration: checkout.configuration.name }, plan, [
    ...new Set([...plan.cautions, ...issues]),
  ]);
  const lines = options.json
    ? [JSON.stringify(report)]
    : importLines(report, { from: shown, folder: isHere ? undefined : name }).map(cleanText);
  stdout.write(`${lines.join('\n')}\n`);
};

/** The old checkout stays as it is, so nothing is written into it. */
const refuseWithin = (checkout: string, folder: string): void => {
  const [outer, inner] = [checkout, folder].map((each) =>
    existsSync(each) ? realpathSync(each) : each,
  );
  const relative = path.relative(outer ?? checkout, inner ?? folder);
  if (relative === '' || !(relative.startsWith('..') || path.isAbsolute(relative))) {
    throw new UsageError(
      `${folder} is in the old checkout, which stays as it is`,
      'Name a folder elsewhere, such as: spot-tui init --from . ../fleet',
    );
  }
};

const existingIgnoreFile = async (folder: string): Promise<string | undefined> => {
  const file = path.join(folder, '.gitignore');
  if (!existsSync(file)) return undefined;
  const read = await readText(file);
  if ('text' in read) return read.text;
  throw new UsageError(`${file} ${read.trouble}`, 'Mend it or move it away. Nothing was written.');
};
