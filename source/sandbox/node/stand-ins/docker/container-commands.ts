import { randomBytes } from 'node:crypto';
import { type Call, complain } from '../call.ts';
import { type OptionTable, type ParsedOptions, parseOptions } from '../options.ts';
import { type Container, type ContainerEngine, DockerError } from './engine.ts';

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

/** `docker create` and `docker run`. */
export const createOrRun = async (
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

/** `docker start`, `stop`, `restart`, `kill` and `rm`. */
export const changeContainers = (
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

/** `docker logs`. */
export const logs = async (
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
