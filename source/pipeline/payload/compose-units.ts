import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ComposeStack, endingServices } from './compose-stacks.ts';
import { PayloadError } from './payload-error.ts';
import { archivePath, type PayloadFile } from './payload-file.ts';

const runner = 'run-compose.sh';

/**
 * Gives each stack a unit that runs it, and all of them the script that these units start.
 *
 * @throws PayloadError when the payload has files of these names already.
 */
export const addComposeUnits = async (
  files: readonly PayloadFile[],
  stacks: readonly ComposeStack[],
  templatesFolder: string,
): Promise<PayloadFile[]> => {
  if (stacks.length === 0) return [...files];
  const [template, script] = await Promise.all([
    readFile(path.join(templatesFolder, 'compose-stack.service'), 'utf8'),
    readFile(path.join(templatesFolder, runner)),
  ]);
  const added: PayloadFile[] = [
    { folder: 'scripts', name: runner, content: script, mode: 0o755 },
    ...stacks.map((stack) => ({
      folder: 'units' as const,
      name: stack.unit,
      content: Buffer.from(
        template.replaceAll('{{stack}}', stack.name).replaceAll('{{up}}', upArguments(stack)),
      ),
      mode: 0o644,
    })),
  ];
  const taken = new Set(files.map(archivePath));
  const issues = added
    .filter((file) => taken.has(archivePath(file)))
    .map((file) => `compose_directory: it makes ${archivePath(file)}, which is there already`);
  if (issues.length > 0) {
    throw new PayloadError(
      issues,
      'Rename one of them; what a unit of compose_directory lacks can be in a drop-in of it.',
    );
  }
  return [...files, ...added];
};

/** Told to the runner: whether there is something to build, and which services must not end. */
const upArguments = (stack: ComposeStack): string => {
  const ending = endingServices(stack);
  const lasting = stack.services.filter(({ name }) => !ending.has(name)).map(({ name }) => name);
  return [
    'up',
    ...(stack.services.some(({ isBuilt }) => isBuilt) ? ['--build'] : []),
    ...(ending.size === 0 ? [] : lasting),
  ].join(' ');
};
