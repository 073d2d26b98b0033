import path from 'node:path';
import { parseEnvironmentFile } from '../../systemd/environment-file.ts';
import type { Call } from '../call.ts';
import type { ParsedOptions } from '../options.ts';
import { type ComposeService, parseComposeFiles } from './compose-file.ts';
import type { DockerMachine } from './docker-machine.ts';

/** What compose works on: the services of its files, under a name. */
export type Project = {
  readonly name: string;
  readonly directory: string;
  readonly files: readonly string[];
  readonly services: readonly ComposeService[];
  /** Profiles that its variables name. */
  readonly profiles: readonly string[];
};

const defaultFiles = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
] as const;

const overrides = defaultFiles.map((name) => name.replace('.y', '.override.y'));

/** The project that a call is about; else what is wrong, in compose's words. */
export const loadProject = async (
  call: Call,
  { shell }: DockerMachine,
  given: ParsedOptions,
): Promise<Project | string> => {
  const absolute = (name: string): string => path.resolve(call.directory, name);
  const variables: Record<string, string> = {};
  const readVariables = async (names: readonly string[]): Promise<void> => {
    for (const name of names) {
      Object.assign(variables, parseEnvironmentFile((await shell.read(absolute(name))) ?? ''));
    }
    Object.assign(variables, call.environment);
  };
  const firstOf = async (names: readonly string[]): Promise<string[]> => {
    const { stdout } = await shell.run(
      'for file; do if [ -f "$SPOT_TUI_ROOT$file" ]; then printf %s "$file"; exit; fi; done',
      names.map(absolute),
    );
    return stdout === '' ? [] : [stdout];
  };
  const environmentFiles = given.all('env-file');
  const beside = given.last('project-directory') ?? path.dirname(given.all('file')[0] ?? './');
  await readVariables(environmentFiles.length > 0 ? environmentFiles : [`${beside}/.env`]);
  const named = given.has('file') ? given.all('file') : variables.COMPOSE_FILE?.split(':');
  const files =
    named?.map(absolute) ?? (await Promise.all([defaultFiles, overrides].map(firstOf))).flat();
  if (files.length === 0) return 'no configuration file provided: not found';
  const directory = given.has('project-directory')
    ? absolute(given.last('project-directory') ?? '')
    : path.dirname(files[0] ?? call.directory);
  const texts: { readonly file: string; readonly text: string }[] = [];
  for (const file of files) {
    const text = await shell.read(file);
    if (text === undefined) return `open ${file}: no such file or directory`;
    texts.push({ file, text });
  }
  let parsed: ReturnType<typeof parseComposeFiles>;
  try {
    parsed = parseComposeFiles(texts, variables);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const fallback = path
    .basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '');
  const name = given.last('project-name') ?? variables.COMPOSE_PROJECT_NAME ?? parsed.project;
  return {
    name: name ?? fallback,
    directory,
    files,
    services: parsed.services,
    profiles: variables.COMPOSE_PROFILES?.split(',') ?? [],
  };
};

/** The services that are meant; else what is wrong, in compose's words. */
export const chosenServices = (
  project: Project,
  names: readonly string[],
  profiles: readonly string[],
): readonly ComposeService[] | string => {
  if (names.length === 0) {
    return project.services.filter(
      (service) =>
        service.profiles.length === 0 ||
        service.profiles.some((profile) => profiles.includes(profile) || profiles.includes('*')),
    );
  }
  const chosen: ComposeService[] = [];
  for (const name of names) {
    const service = project.services.find((each) => each.name === name);
    if (service === undefined) return `no such service: ${name}`;
    chosen.push(service);
  }
  return chosen;
};
