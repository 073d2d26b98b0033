import { statSync } from 'node:fs';
import path from 'node:path';
import { shellWord } from '../ssh/openssh-command.ts';
import { closest } from './closest.ts';
import type { RunCommand } from './command.ts';
import { entryMeanings } from './deployment-entries.ts';
import { exitStatus, UsageError } from './exit-status.ts';
import { defaultStarter, firstEdits, type Starter, starters } from './starters.ts';
import { writeStarter } from './write-starter.ts';

/** Begins a deployment: writes a configuration and the workload that it deploys, for editing. */
export const run: RunCommand = async (invocation) => {
  const {
    currentFolder,
    options,
    stdout,
    templatesFolder,
    words: [name],
  } = invocation;
  if (options.from !== undefined) {
    if (options.template !== undefined) {
      throw new UsageError('--from and --template are two beginnings', 'Leave one of them out.');
    }
    const { importOldCheckout } = await import('./import/import.ts');
    await importOldCheckout(invocation, options.from);
    return exitStatus.success;
  }
  const template = findStarter(options.template ?? defaultStarter);
  const folder = path.resolve(currentFolder, name ?? '.');
  const isHere = name === undefined || folder === currentFolder;
  const written = await writeStarter(template, {
    folder,
    place: isHere ? 'here' : `in ${name}`,
    force: options.force,
    templatesFolder,
  });
  if (options.json) {
    stdout.write(`${JSON.stringify({ template, folder, written })}\n`);
    return exitStatus.success;
  }
  const edit = `edit ${firstEdits[template]}, then \`spot-tui validate\`, then \`spot-tui create\`.`;
  stdout.write(
    [
      `Wrote the template ${template}${isHere ? '' : ` to ${name}`}:`,
      ...written.map((entry) => entryLine(folder, entry)),
      '',
      isHere ? `Next: ${edit}` : `Next: \`cd ${shellWord(name)}\`, ${edit}`,
      'Or try it first without AWS: `spot-tui create --sandbox`.',
      '',
    ].join('\n'),
  );
  return exitStatus.success;
};

const entryLine = (folder: string, entry: string): string => {
  const shown = statSync(path.join(folder, entry)).isDirectory() ? `${entry}/` : entry;
  return `  ${shown.padEnd(18)}  ${entryMeanings.get(entry) ?? ''}`.trimEnd();
};

/** @throws UsageError */
const findStarter = (name: string): Starter => {
  const names = starters.map(([each]) => each);
  const found = names.find((each) => each === name);
  if (found !== undefined) return found;
  const nearest = closest(name, names);
  throw new UsageError(
    `there is no template ${name}`,
    `${nearest === undefined ? '' : `Did you mean ${nearest}? `}The templates are ${names.join(', ')}.`,
  );
};
