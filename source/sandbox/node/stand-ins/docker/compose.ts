import path from 'node:path';
import { parseEnvironmentFile } from '../../systemd/environment-file.ts';
import { type Call, complain } from '../call.ts';
import { type OptionTable, type ParsedOptions, parseOptions } from '../options.ts';
import { type ComposeService, parseComposeFile } from './compose-file.ts';
import { psRow } from './container-view.ts';
import { absenceOf, type DockerMachine, untilEnded } from './docker.ts';
import { type Container, type ContainerEngine, DockerError } from './engine.ts';
import { printRows } from './print-rows.ts';

const composeVersion = '2.32.4';

const projectOptions: OptionTable = {
  file: { short: 'f', value: 'required' },
  'project-name': { short: 'p', value: 'required' },
  'project-directory': { value: 'required' },
  'env-file': { value: 'required' },
  profile: { value: 'required' },
  ansi: { value: 'required' },
  progress: { value: 'required' },
  parallel: { value: 'required' },
  compatibility: {},
  'dry-run': {},
  verbose: {},
  version: { short: 'v' },
  help: { short: 'h' },
};

const commandOptions: OptionTable = {
  detach: { short: 'd' },
  wait: {},
  'wait-timeout': { value: 'required' },
  build: {},
  'no-build': {},
  'no-color': {},
  'no-log-prefix': {},
  'no-start': {},
  'no-deps': {},
  'no-recreate': {},
  'force-recreate': {},
  'always-recreate-deps': {},
  'remove-orphans': {},
  'abort-on-container-exit': {},
  'abort-on-container-failure': {},
  'exit-code-from': { value: 'required' },
  'quiet-pull': {},
  'renew-anon-volumes': { short: 'V' },
  pull: { value: 'required' },
  scale: { value: 'required' },
  timeout: { short: 't', value: 'required' },
  volumes: { short: 'v' },
  rmi: { value: 'required' },
  all: { short: 'a' },
  quiet: { short: 'q' },
  format: { value: 'required' },
  filter: { value: 'required' },
  status: { value: 'required' },
  services: {},
  images: {},
  orphans: { value: 'optional' },
  'no-trunc': {},
  follow: { short: 'f' },
  tail: { short: 'n', value: 'required' },
  since: { value: 'required' },
  timestamps: {},
  force: { short: 'f' },
  stop: { short: 's' },
  signal: { value: 'required' },
  short: {},
  'ignore-pull-failures': {},
  'ignore-buildable': {},
  menu: { value: 'optional' },
};

type Project = {
  readonly name: string;
  readonly directory: string;
  readonly files: readonly string[];
  readonly services: readonly ComposeService[];
};

/** `docker compose` and docker-compose. */
export const compose = async (
  call: Call,
  machine: DockerMachine,
  words: readonly string[],
): Promise<number> => {
  const given = parseOptions(words, projectOptions, true);
  if (given.problem !== undefined) return complain(call, `docker compose: ${given.problem}`, 16);
  const [command = 'help', ...rest] = given.operands;
  const own = parseOptions(rest, commandOptions);
  if (given.has('version') || command === 'version') {
    const short = own.has('short');
    call.out(
      own.last('format') === 'json'
        ? `{"version":"${composeVersion}"}\n`
        : short
          ? `${composeVersion}\n`
          : `Docker Compose version v${composeVersion}\n`,
    );
    return 0;
  }
  if (command === 'help' || given.has('help')) {
    call.out('A stand-in for docker compose: up, down, ps, logs, pull, config and the like.\n');
    return 0;
  }
  if (own.problem !== undefined)
    return complain(call, `docker compose ${command}: ${own.problem}`, 16);
  const { engine } = machine;
  const absence = absenceOf(engine);
  if (absence !== undefined && command !== 'config') return complain(call, absence);
  if (command === 'ls') return listProjects(call, engine, own);
  const project = await loadProject(call, machine, given);
  if (typeof project === 'string') return complain(call, project, 14);
  const wanted = chosenServices(project, own.operands, given.all('profile'));
  if (typeof wanted === 'string') return complain(call, wanted);
  switch (command) {
    case 'up':
      return up(call, engine, project, wanted, own);
    case 'create':
      await createContainers(call, engine, project, wanted, false);
      return 0;
    case 'down':
      for (const container of containersOf(engine, project)) engine.remove(container, true);
      return 0;
    case 'config':
      for (const service of project.services) {
        if (own.has('services')) call.out(`${service.name}\n`);
        if (own.has('images')) call.out(`${service.image}\n`);
      }
      return 0;
    case 'pull':
      for (const service of wanted) {
        await engine.pull(service.image, call.signal);
        if (!own.has('quiet')) call.err(` ${service.name} Pulled \n`);
      }
      return 0;
    case 'ps':
      return ps(call, engine, project, own);
    case 'logs':
      return logs(call, engine, project, wanted, own);
    case 'start':
    case 'stop':
    case 'restart':
    case 'kill':
    case 'rm':
      for (const container of containersOf(engine, project, wanted)) {
        if (command === 'rm') engine.remove(container, own.has('stop'));
        else if (command !== 'start') engine.stopContainer(container, command === 'kill' ? 137 : 0);
        if (command === 'start' || command === 'restart') engine.startContainer(container);
      }
      return 0;
    default:
      return complain(call, `docker compose: '${command}' is not simulated in the sandbox`);
  }
};

const defaultFiles = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yaml',
  'docker-compose.yml',
] as const;

/** The project that a call is about; else what is wrong, in compose's words. */
const loadProject = async (
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

const chosenServices = (
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

const containersOf = (
  engine: ContainerEngine,
  project: Project,
  services?: readonly ComposeService[],
): Container[] =>
  engine
    .containers()
    .filter(
      ({ labels }) =>
        labels['com.docker.compose.project'] === project.name &&
        (services === undefined ||
          services.some(({ name }) => name === labels['com.docker.compose.service'])),
    );

const createContainers = async (
  call: Call,
  engine: ContainerEngine,
  project: Project,
  services: readonly ComposeService[],
  recreate: boolean,
): Promise<Container[]> => {
  const containers: Container[] = [];
  for (const service of services) {
    if (engine.image(service.image) === undefined) {
      call.err(` ${service.name} Pulling \n`);
      await engine.pull(service.image, call.signal);
      call.err(` ${service.name} Pulled \n`);
    }
    const name = service.containerName ?? `${project.name}-${service.name}-1`;
    const known = engine.containers().find((container) => container.name === name);
    const isOurs = known?.labels['com.docker.compose.project'] === project.name;
    const isCurrent = known?.image === service.image && known.command === service.command;
    if (known !== undefined && isOurs && isCurrent && !recreate) {
      containers.push(known);
      continue;
    }
    if (known !== undefined && isOurs) engine.remove(known, true);
    containers.push(
      engine.create({
        name,
        image: service.image,
        command: service.command,
        restart: service.restart,
        healthcheck: service.healthcheck,
        ports: service.ports.map((port) => `0.0.0.0:${port.replace(':', '->')}/tcp`),
        labels: {
          ...service.labels,
          'com.docker.compose.project': project.name,
          'com.docker.compose.service': service.name,
          'com.docker.compose.project.working_dir': project.directory,
          'com.docker.compose.project.config_files': project.files.join(','),
        },
      }),
    );
    call.err(` Container ${name}  ${known === undefined ? 'Created' : 'Recreated'}\n`);
  }
  return containers;
};

const up = async (
  call: Call,
  engine: ContainerEngine,
  project: Project,
  services: readonly ComposeService[],
  own: ParsedOptions,
): Promise<number> => {
  const attached = !own.has('detach') && !own.has('wait') && !own.has('no-start');
  // In the foreground its words are wanted while it runs.
  const words: Call = attached ? { ...call, err: (text) => call.out(text) } : call;
  if (attached) call.stream();
  if (own.has('remove-orphans')) {
    for (const container of containersOf(engine, project)) {
      const service = container.labels['com.docker.compose.service'];
      if (!project.services.some(({ name }) => name === service)) engine.remove(container, true);
    }
  }
  let containers: Container[];
  try {
    containers = await createContainers(
      words,
      engine,
      project,
      services,
      own.has('force-recreate'),
    );
  } catch (error) {
    if (!(error instanceof DockerError)) throw error;
    words.err(`Error response from daemon: ${error.message}\n`);
    return 1;
  }
  if (own.has('no-start')) return 0;
  if (attached) call.out(`Attaching to ${containers.map(({ name }) => name).join(', ')}\n`);
  const started = Date.now();
  for (const container of containers) {
    if (container.state === 'running') continue;
    engine.startContainer(container);
    if (!attached) call.err(` Container ${container.name}  Started\n`);
  }
  if (!attached) return 0;

  const width = Math.max(0, ...containers.map(({ name }) => name.length));
  for (const container of containers) {
    for (const { time, text } of container.logs) {
      if (time >= started) call.out(`${container.name.padEnd(width)}  | ${text}\n`);
    }
  }
  const ends = containers.map(async (container) => {
    await untilEnded(container, engine, call.signal);
    if (!call.signal.aborted)
      call.out(`${container.name} exited with code ${container.exitCode}\n`);
    return container;
  });
  const aborts = own.has('abort-on-container-exit') || own.has('exit-code-from');
  const first = aborts ? await Promise.race(ends) : (await Promise.all(ends))[0];
  if (aborts && !call.signal.aborted) call.out('Aborting on container exit...\n');
  for (const container of containers) engine.stopContainer(container, 0);
  if (call.signal.aborted) return 130;
  return aborts ? (first?.exitCode ?? 0) : 0;
};

const ps = (call: Call, engine: ContainerEngine, project: Project, own: ParsedOptions): number => {
  const rows = containersOf(engine, project)
    .filter((container) => own.has('all') || container.state === 'running')
    .map((container): Record<string, string> => {
      const row = psRow(container, own.has('no-trunc'));
      return {
        ...row,
        Name: container.name,
        Project: project.name,
        Service: container.labels['com.docker.compose.service'] ?? '',
        Health: container.healthcheck && container.state === 'running' ? 'healthy' : '',
        ExitCode: String(container.exitCode),
      };
    });
  if (own.has('quiet') || own.has('services')) {
    for (const row of rows) call.out(`${own.has('quiet') ? row.ID : row.Service}\n`);
    return 0;
  }
  printRows(
    call,
    rows,
    {
      Name: 'NAME',
      Image: 'IMAGE',
      Command: 'COMMAND',
      Service: 'SERVICE',
      RunningFor: 'CREATED',
      Status: 'STATUS',
      Ports: 'PORTS',
    },
    own.last('format'),
  );
  return 0;
};

const logs = async (
  call: Call,
  engine: ContainerEngine,
  project: Project,
  services: readonly ComposeService[],
  own: ParsedOptions,
): Promise<number> => {
  const containers = containersOf(engine, project, services);
  if (own.has('follow')) call.stream();
  const tail = Number(own.last('tail') ?? 'NaN');
  for (const container of containers) {
    for (const { text } of Number.isNaN(tail) ? container.logs : container.logs.slice(-tail)) {
      call.out(own.has('no-log-prefix') ? `${text}\n` : `${container.name}  | ${text}\n`);
    }
  }
  if (own.has('follow')) {
    await Promise.all(containers.map((container) => untilEnded(container, engine, call.signal)));
  }
  return 0;
};

const listProjects = (call: Call, engine: ContainerEngine, own: ParsedOptions): number => {
  const projects = Map.groupBy(
    engine.containers().filter(({ labels }) => labels['com.docker.compose.project'] !== undefined),
    ({ labels }) => labels['com.docker.compose.project'] ?? '',
  );
  const rows = [...projects].map(([name, containers]) => ({
    Name: name,
    Status: `running(${containers.filter(({ state }) => state === 'running').length})`,
    ConfigFiles: containers[0]?.labels['com.docker.compose.project.config_files'] ?? '',
  }));
  printRows(
    call,
    rows,
    { Name: 'NAME', Status: 'STATUS', ConfigFiles: 'CONFIG FILES' },
    own.last('format'),
  );
  return 0;
};
