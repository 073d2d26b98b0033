import { type Call, complain } from '../call.ts';
import { type OptionTable, type ParsedOptions, parseOptions } from '../options.ts';
import type { ComposeService } from './compose-file.ts';
import { chosenServices, loadProject, type Project } from './compose-project.ts';
import { containersOf, createContainers, up } from './compose-up.ts';
import { untilEnded } from './container-commands.ts';
import { psRow } from './container-view.ts';
import { absenceOf, type DockerMachine } from './docker-machine.ts';
import type { ContainerEngine } from './engine.ts';
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
  const wanted = chosenServices(project, own.operands, [
    ...given.all('profile'),
    ...project.profiles,
  ]);
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
    case 'build':
      for (const service of wanted) {
        if (service.isBuilt) engine.addImage(service.image);
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
