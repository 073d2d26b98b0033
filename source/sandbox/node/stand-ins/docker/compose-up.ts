import type { Call } from '../call.ts';
import type { ParsedOptions } from '../options.ts';
import type { ComposeService } from './compose-file.ts';
import type { Project } from './compose-project.ts';
import { untilEnded } from './container-commands.ts';
import { type Container, type ContainerEngine, DockerError } from './engine.ts';

/** The containers of a project, or of some of its services. */
export const containersOf = (
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

/** Makes the containers of services, those that are not as they should be anew. */
export const createContainers = async (
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
    const wanted = Array.from(
      { length: service.replicas },
      (_, index) => service.containerName ?? `${project.name}-${service.name}-${index + 1}`,
    );
    for (const container of containersOf(engine, project, [service])) {
      if (!wanted.includes(container.name)) engine.remove(container, true);
    }
    for (const name of wanted) {
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
  }
  return containers;
};

/** `docker compose up`: in the foreground until it is stopped, or nothing runs any more. */
export const up = async (
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
  // Nothing is computed here: what others wait for is over at once.
  const ending = new Set(project.services.flatMap(({ waitsForEndOf }) => waitsForEndOf));
  for (const container of containers) {
    if (container.state === 'running') continue;
    engine.startContainer(container);
    if (ending.has(container.labels['com.docker.compose.service'] ?? '')) {
      engine.stopContainer(container, 0);
    }
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
