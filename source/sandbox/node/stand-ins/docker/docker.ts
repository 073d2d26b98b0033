import { type Call, complain } from '../call.ts';
import { type OptionTable, parseOptions } from '../options.ts';
import { compose } from './compose.ts';
import { changeContainers, createOrRun, logs } from './container-commands.ts';
import { absenceOf, type DockerMachine } from './docker-machine.ts';
import { type ContainerEngine, DockerError } from './engine.ts';
import { fillTemplate } from './go-template.ts';
import { images, load, pull, removeImages } from './image-commands.ts';
import { inspect, ps } from './list-containers.ts';

export const dockerVersion = '27.5.1';

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
    // No path of a plugin: where a node has no root of its own, it would be the machine's.
    ClientInfo: { Version: dockerVersion, Plugins: [] },
  };
  const format = given.last('format');
  if (format !== undefined) {
    call.out(`${fillTemplate(format === 'json' ? '{{json .}}' : format, facts)}\n`);
  } else {
    for (const [name, value] of Object.entries(facts)) {
      if (typeof value !== 'object') call.out(` ${name}: ${value}\n`);
    }
  }
  return 0;
};
