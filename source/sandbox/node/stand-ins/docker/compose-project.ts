import path from 'node:path';
import { parseEnvironmentFile } from '../../systemd/environment-file.ts';
import type { Call } from '../call.ts';
import type { ParsedOptions } from '../options.ts';
import { type ComposeService, parseComposeFile } from './compose-file.ts';
import type { DockerMachine } from './docker-machine.ts';

/** What compose works on: the services of its files, under a name. */
export type Project = {
  readonly name: string;
  readonly directory: string;
  readonly files: readonly string[];
  readonly services: readonly ComposeService[];
};

const defaultFiles = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yaml',
  'docker-compose.yml',
] as const;

/** The project that a call is about; else what is wrong, in compose's words. */
export const loadProject = async (
  call: Call,
  { shell }: DockerMachine,
  given: ParsedOptions,
): Promise<Project | string> => {
  const absolute = (name: string): string => path.resolve(call.directory, name);
  const named = [...given.all('file'), ...(call.environment.COMPOSE_FILE?.split(':') ?? [])];
  let files = (given.has('file') ? given.all('file') : named).map(absolute);
  if (files.length === 0) {
    const found = await shell.run(
      'for file; do if [ -f "$SPOT_TUI_ROOT$file" ]; then printf %s "$file"; exit; fi; done',
      defaultFiles.map(absolute),
    );
    if (found.stdout === '') return 'no configuration file provided: not found';
    files = [found.stdout];
  }
  const directory = given.has('project-directory')
    ? absolute(given.last('project-directory') ?? '')
    : path.dirname(files[0] ?? call.directory);
  const variables: Record<string, string> = {};
  const environmentFiles = given.all('env-file').map(absolute);
  for (const file of environmentFiles.length > 0 ? environmentFiles : [`${directory}/.env`]) {
    Object.assign(variables, parseEnvironmentFile((await shell.read(file)) ?? ''));
  }
  Object.assign(variables, call.environment);
  const services = new Map<string, ComposeService>();
  let name = given.last('project-name') ?? variables.COMPOSE_PROJECT_NAME;
  for (const file of files) {
    const text = await shell.read(file);
    if (text === undefined) return `open ${file}: no such file or directory`;
    try {
      const parsed = parseComposeFile(file, text, variables);
      name ??= parsed.project;
      for (const service of parsed.services) services.set(service.name, service);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  const fallback = path
    .basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '');
  return { name: name ?? fallback, directory, files, services: [...services.values()] };
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
