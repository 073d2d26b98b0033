import { randomBytes } from 'node:crypto';
import type { NodeShell } from '../../node-shell.ts';
import { type Call, complain } from '../call.ts';
import { type OptionTable, type ParsedOptions, parseOptions } from '../options.ts';
import { compose } from './compose.ts';
import { imageRow, inspectContainer, inspectImage, psRow } from './container-view.ts';
import { type Container, type ContainerEngine, DockerError } from './engine.ts';
import { fillTemplate, type TemplateValue } from './go-template.ts';
import { printRows } from './print-rows.ts';

export const dockerVersion = '27.5.1';

export type DockerMachine = {
  readonly engine: ContainerEngine;
  readonly shell: NodeShell;
  readonly hostname: string;
};

const globalOptions: OptionTable = {
  config: { value: 'required' },
  context: { short: 'c', value: 'required' },
  debug: { short: 'D' },
  host: { short: 'H', value: 'required' },
  'log-level': { short: 'l', value: 'required' },
  tls: {},
  tlsverify: {},
  version: { short: 'v' },
  help: {},
};

/** docker(1) and docker-compose: images and containers by name, none of which really runs. */
export const docker = async (call: Call, machine: DockerMachine): Promise<number> => {
  try {
    if (call.program === 'docker-compose') return await compose(call, machine, call.words);
    const given = parseOptions(call.words, globalOptions, true);
    if (given.problem !== undefined) return complain(call, `docker: ${given.problem}`, 125);
    if (given.has('version')) {
      call.out(`Docker version ${dockerVersion}, build sandbox\n`);
      return 0;
    }
    const [command = 'help', ...words] = given.operands;
    return await run(call, machine, command, words);
  } catch (error) {
    if (call.signal.aborted) return 130;
    if (error instanceof DockerError) {
      return complain(call, `Error response from daemon: ${error.message}`);
    }
    return complain(call, `docker: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** The daemon's absence in docker's words; undefined while it runs. */
export const absenceOf = (engine: ContainerEngine): string | undefined =>
  engine.isRunning
    ? undefined
    : 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';

const run = async (
  call: Call,
  machine: DockerMachine,
  command: string,
  words: readonly string[],
): Promise<number> => {
  const { engine } = machine;
  if (command === 'compose') return compose(call, machine, words);
  if (command === 'version') return version(call, engine, words);
  const absence = absenceOf(engine);
  if (absence !== undefined && command !== 'help') return complain(call, absence);
  const [first = '', ...rest] = words;
  switch (command) {
    case 'container':
      return run(call, machine, first === 'ls' || first === 'list' ? 'ps' : first, rest);
    case 'image':
      switch (first) {
        case 'ls':
        case 'list':
          return images(call, engine, rest);
        case 'inspect':
          return inspect(call, engine, ['--type=image', ...rest]);
        case 'rm':
          return removeImages(call, engine, rest);
        case 'prune':
          call.out('Total reclaimed space: 0B\n');
          return 0;
        default:
          return run(call, machine, first, rest);
      }
    case 'info':
      return info(call, machine, words);
    case 'ps':
      return ps(call, engine, words);
    case 'images':
      return images(call, engine, words);
    case 'inspect':
      return inspect(call, engine, words);
    case 'pull':
      return pull(call, engine, words);
    case 'create':
    case 'run':
      return createOrRun(call, engine, command, words);
    case 'start':
    case 'stop':
    case 'restart':
    case 'kill':
    case 'rm':
      return changeContainers(call, engine, command, words);
    case 'rmi':
      return removeImages(call, engine, words);
    case 'logs':
      return logs(call, engine, words);
    case 'load':
      return load(call, machine, words);
    case 'import':
      call.out(
        `${engine.addImage(words.filter((word) => !word.startsWith('-')).at(-1) ?? '').id}\n`,
      );
      return 0;
    case 'tag':
      if (engine.image(first) === undefined) throw new DockerError(`No such image: ${first}`);
      engine.addImage(rest[0] ?? '');
      return 0;
    case 'login':
    case 'logout':
    case 'network':
    case 'volume':
      return 0;
    case 'system':
      if (first === 'prune') call.out('Total reclaimed space: 0B\n');
      return 0;
    case 'help':
      call.out(
        'A stand-in for docker: ps, images, inspect, pull, run, logs, compose and the like.\n',
      );
      return 0;
    default:
      return complain(call, `docker: '${command}' is not simulated in the sandbox`);
  }
};

const version = (call: Call, engine: ContainerEngine, words: readonly string[]): number => {
  const given = parseOptions(words, { format: { short: 'f', value: 'required' } });
  const client = { Version: dockerVersion, ApiVersion: '1.47', Os: 'linux', Arch: 'amd64' };
  const server = engine.isRunning ? { ...client, MinAPIVersion: '1.24' } : undefined;
  const format = given.last('format');
  if (format === undefined) {
    call.out(
      `Client: Docker Engine - stand-in\n Version:           ${dockerVersion}\n API version:       1.47\n`,
    );
    if (server !== undefined) {
      call.out(
        `\nServer: Docker Engine - stand-in\n Engine:\n  Version:          ${dockerVersion}\n`,
      );
    }
  } else if (server !== undefined || !format.includes('.Server')) {
    const whole = { Client: client, ...(server === undefined ? {} : { Server: server }) };
    call.out(`${fillTemplate(format === 'json' ? '{{json .}}' : format, whole)}\n`);
  }
  const absence = absenceOf(engine);
  return absence === undefined ? 0 : complain(call, absence);
};

const info = (
  call: Call,
  { engine, hostname }: DockerMachine,
  words: readonly string[],
): number => {
  const given = parseOptions(words, { format: { short: 'f', value: 'required' } });
  const running = engine.containers().filter(({ state }) => state === 'running').length;
  const facts = {
    ID: 'sandbox',
    Name: hostname,
    Containers: engine.containers().length,
    ContainersRunning: running,
    ContainersPaused: 0,
    ContainersStopped: engine.containers().length - running,
    Images: engine.images().length,
    ServerVersion: dockerVersion,
    Driver: 'overlay2',
    CgroupDriver: 'systemd',
    OperatingSystem: 'Ubuntu 24.04 LTS (sandbox)',
    DockerRootDir: '/var/lib/docker',
  };
  const format = given.last('format');
  if (format !== undefined) {
    call.out(`${fillTemplate(format === 'json' ? '{{json .}}' : format, facts)}\n`);
  } else {
    for (const [name, value] of Object.entries(facts)) call.out(` ${name}: ${value}\n`);
  }
  return 0;
};

const ps = (call: Call, engine: ContainerEngine, words: readonly string[]): number => {
  const given = parseOptions(words, {
    all: { short: 'a' },
    quiet: { short: 'q' },
    'no-trunc': {},
    format: { value: 'required' },
    filter: { short: 'f', value: 'required' },
    last: { short: 'n', value: 'required' },
    latest: { short: 'l' },
    size: { short: 's' },
  });
  if (given.problem !== undefined) return complain(call, `docker: ${given.problem}`, 125);
  const filters = given.all('filter');
  const everything = given.has('all') || filters.some((filter) => filter.startsWith('status='));
  const containers = engine
    .containers()
    .filter((container) => everything || container.state === 'running')
    .filter((container) => passes(container, filters))
    .sort((a, b) => b.createdAt - a.createdAt);
  const fullId = given.has('no-trunc');
  const rows = containers.map((container) => psRow(container, fullId));
  if (given.has('quiet')) {
    for (const row of rows) call.out(`${row.ID}\n`);
    return 0;
  }
  printRows(
    call,
    rows,
    {
      ID: 'CONTAINER ID',
      Image: 'IMAGE',
      Command: 'COMMAND',
      RunningFor: 'CREATED',
      Status: 'STATUS',
      Ports: 'PORTS',
      Names: 'NAMES',
    },
    given.last('format'),
  );
  return 0;
};

const passes = (container: Container, filters: readonly string[]): boolean => {
  const groups = Map.groupBy(filters, (filter) => filter.split('=')[0] ?? '');
  return [...groups].every(([key, values]) =>
    values.some((filter) => {
      const value = filter.slice(key.length + 1);
      switch (key) {
        case 'name':
          return (
            new RegExp(value).test(container.name) || new RegExp(value).test(`/${container.name}`)
          );
        case 'id':
          return container.id.startsWith(value);
        case 'status':
          return container.state === value;
        case 'ancestor':
          return container.image === value || container.image.startsWith(`${value}:`);
        case 'exited':
          return container.state === 'exited' && container.exitCode === Number(value);
        case 'label': {
          const [name = '', wanted] = value.split(/=(.*)/s);
          const found = container.labels[name];
          return found !== undefined && (wanted === undefined || found === wanted);
        }
        case 'health':
          return container.healthcheck ? value === 'healthy' : value === 'none';
        default:
          throw new DockerError(`invalid filter '${key}' (or not simulated)`);
      }
    }),
  );
};

const images = (call: Call, engine: ContainerEngine, words: readonly string[]): number => {
  const given = parseOptions(words, {
    all: { short: 'a' },
    quiet: { short: 'q' },
    'no-trunc': {},
    digests: {},
    format: { value: 'required' },
    filter: { short: 'f', value: 'required' },
  });
  const [wanted] = given.operands;
  const rows = engine
    .images()
    .map(imageRow)
    .filter(
      (row) =>
        wanted === undefined ||
        row.Repository === wanted ||
        `${row.Repository}:${row.Tag}` === wanted,
    );
  if (given.has('quiet')) {
    for (const row of rows) call.out(`${row.ID}\n`);
    return 0;
  }
  printRows(
    call,
    rows,
    { Repository: 'REPOSITORY', Tag: 'TAG', ID: 'IMAGE ID', CreatedSince: 'CREATED', Size: 'SIZE' },
    given.last('format'),
  );
  return 0;
};

const inspect = (call: Call, engine: ContainerEngine, words: readonly string[]): number => {
  const given = parseOptions(words, {
    format: { short: 'f', value: 'required' },
    size: { short: 's' },
    type: { value: 'required' },
  });
  const found: Record<string, TemplateValue>[] = [];
  let status = 0;
  for (const name of given.operands) {
    const image = given.last('type') === 'container' ? undefined : engine.image(name);
    const container =
      given.last('type') === 'image'
        ? undefined
        : engine.containers().find((each) => each.name === name || each.id.startsWith(name));
    if (container !== undefined) found.push(inspectContainer(container));
    else if (image !== undefined) found.push(inspectImage(image));
    else {
      const kind = given.last('type') ?? 'object';
      status = complain(call, `Error: No such ${kind}: ${name}`);
    }
  }
  const format = given.last('format');
  if (format === undefined) call.out(`${JSON.stringify(found, undefined, 4)}\n`);
  else for (const each of found) call.out(`${fillTemplate(format, each)}\n`);
  return status;
};

const pull = async (
  call: Call,
  engine: ContainerEngine,
  words: readonly string[],
): Promise<number> => {
  const given = parseOptions(words, {
    quiet: { short: 'q' },
    'all-tags': { short: 'a' },
    platform: { value: 'required' },
  });
  const [reference = ''] = given.operands;
  const image = await engine.pull(reference, call.signal);
  if (given.has('quiet')) {
    call.out(`${image.reference}\n`);
    return 0;
  }
  call.out(
    `Digest: ${image.id}\nStatus: Downloaded newer image for ${image.reference}\n${image.reference}\n`,
  );
  return 0;
};

const runOptions: OptionTable = {
  detach: { short: 'd' },
  interactive: { short: 'i' },
  tty: { short: 't' },
  rm: {},
  init: {},
  privileged: {},
  'read-only': {},
  'publish-all': { short: 'P' },
  quiet: { short: 'q' },
  name: { value: 'required' },
  restart: { value: 'required' },
  label: { short: 'l', value: 'required' },
  publish: { short: 'p', value: 'required' },
  'health-cmd': { value: 'required' },
  ...Object.fromEntries(
    'add-host cap-add cap-drop cgroupns cidfile cpus device dns entrypoint env-file gpus group-add health-interval health-retries health-start-period health-timeout ip ipc log-driver log-opt mac-address memory-swap mount net network pid platform pull runtime security-opt shm-size stop-signal stop-timeout sysctl tmpfs ulimit userns uts'
      .split(' ')
      .map((name) => [name, { value: 'required' as const }]),
  ),
  env: { short: 'e', value: 'required' },
  volume: { short: 'v', value: 'required' },
  workdir: { short: 'w', value: 'required' },
  user: { short: 'u', value: 'required' },
  hostname: { short: 'h', value: 'required' },
  memory: { short: 'm', value: 'required' },
};

const createOrRun = async (
  call: Call,
  engine: ContainerEngine,
  command: 'create' | 'run',
  words: readonly string[],
): Promise<number> => {
  const given = parseOptions(words, runOptions, true);
  if (given.problem !== undefined) return complain(call, `docker: ${given.problem}`, 125);
  const [reference = '', ...rest] = given.operands;
  if (engine.image(reference) === undefined) {
    call.err(`Unable to find image '${reference}' locally\n`);
    await engine.pull(reference, call.signal);
  }
  const container = engine.create({
    name: given.last('name') ?? `container-${randomBytes(4).toString('hex')}`,
    image: reference,
    command: rest.join(' '),
    labels: labelsOf(given),
    ports: given.all('publish').map((port) => `0.0.0.0:${port.replace(':', '->')}/tcp`),
    restart: given.last('restart') ?? 'no',
    healthcheck: given.has('health-cmd'),
  });
  if (command === 'create') {
    call.out(`${container.id}\n`);
    return 0;
  }
  engine.startContainer(container);
  if (given.has('detach')) {
    call.out(`${container.id}\n`);
    return 0;
  }
  call.stream();
  for (const { text } of container.logs) call.out(`${text}\n`);
  await untilEnded(container, engine, call.signal);
  engine.stopContainer(container, 143);
  if (given.has('rm')) engine.remove(container, true);
  return container.exitCode;
};

const labelsOf = (given: ParsedOptions): Record<string, string> =>
  Object.fromEntries(
    given.all('label').map((label) => {
      const [name = '', value = ''] = label.split(/=(.*)/s);
      return [name, value];
    }),
  );

/** Settles when a container has ended, or nobody is interested any more. */
export const untilEnded = (
  container: Container,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve) => {
    if (container.state !== 'running' || signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      forget();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const forget = engine.onChange((changed) => {
      if (changed === container && container.state !== 'running') done();
    });
    signal.addEventListener('abort', done);
  });

const changeContainers = (
  call: Call,
  engine: ContainerEngine,
  command: 'start' | 'stop' | 'restart' | 'kill' | 'rm',
  words: readonly string[],
): number => {
  const given = parseOptions(words, {
    time: { short: 't', value: 'required' },
    timeout: { value: 'required' },
    signal: { short: 's', value: 'required' },
    force: { short: 'f' },
    volumes: { short: 'v' },
    attach: { short: 'a' },
  });
  let status = 0;
  for (const name of given.operands) {
    try {
      const container = engine.container(name);
      if (command === 'rm') engine.remove(container, given.has('force'));
      if (command === 'kill') engine.stopContainer(container, 137);
      if (command === 'stop' || command === 'restart') engine.stopContainer(container, 0);
      if (command === 'start' || command === 'restart') engine.startContainer(container);
      call.out(`${name}\n`);
    } catch (error) {
      if (!(error instanceof DockerError)) throw error;
      status = complain(call, `Error response from daemon: ${error.message}`);
    }
  }
  return status;
};

const removeImages = (call: Call, engine: ContainerEngine, words: readonly string[]): number => {
  const given = parseOptions(words, { force: { short: 'f' }, 'no-prune': {} });
  for (const reference of given.operands) {
    engine.removeImage(reference);
    call.out(`Untagged: ${reference}\n`);
  }
  return 0;
};

const logs = async (
  call: Call,
  engine: ContainerEngine,
  words: readonly string[],
): Promise<number> => {
  const given = parseOptions(words, {
    follow: { short: 'f' },
    tail: { short: 'n', value: 'required' },
    timestamps: { short: 't' },
    since: { value: 'required' },
    until: { value: 'required' },
    details: {},
  });
  const container = engine.container(given.operands[0] ?? '');
  const tail = Number(given.last('tail') ?? 'NaN');
  const kept = Number.isNaN(tail) ? container.logs : tail === 0 ? [] : container.logs.slice(-tail);
  if (given.has('follow')) call.stream();
  for (const { time, text } of kept) {
    call.out(`${given.has('timestamps') ? `${new Date(time).toISOString()} ` : ''}${text}\n`);
  }
  if (given.has('follow')) await untilEnded(container, engine, call.signal);
  return 0;
};

const load = async (
  call: Call,
  { engine, shell }: DockerMachine,
  words: readonly string[],
): Promise<number> => {
  const given = parseOptions(words, {
    input: { short: 'i', value: 'required' },
    quiet: { short: 'q' },
    platform: { value: 'required' },
  });
  const input = given.last('input');
  if (input === undefined) {
    return complain(call, 'docker: load is simulated with --input only in the sandbox');
  }
  const file = input.startsWith('/') ? input : `${call.directory}/${input}`;
  const { status, stdout, stderr } = await shell.run('tar -xOf "$SPOT_TUI_ROOT$1" manifest.json', [
    file,
  ]);
  if (status !== 0) return complain(call, `open ${input}: ${stderr.trim()}`);
  const manifest: unknown = JSON.parse(stdout);
  for (const entry of Array.isArray(manifest) ? manifest : []) {
    for (const tag of entry?.RepoTags ?? []) {
      call.out(`Loaded image: ${engine.addImage(String(tag)).reference}\n`);
    }
  }
  return 0;
};
