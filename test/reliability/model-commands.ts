import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readArchive } from './model-files.ts';
import type { ModelMachine } from './model-machine.ts';
import { shellWords } from './shell-words.ts';

/** What the product runs on nodes, as far as the model knows it. */
export type CommandName =
  | 'receive-payload'
  | 'await-cloud-init'
  | 'trigger-configuration'
  | 'inspect-node'
  | 'watch-spot-notices'
  | 'sha256sum'
  | 'services'
  | 'journal'
  | 'trivial'
  | 'drain-node'
  | 'unknown';

export type ModelCommand = { readonly name: CommandName; readonly arguments: readonly string[] };

export type CommandAnswer = {
  readonly exitCode: number;
  /** What the same command goes on with, as if it had been run by itself. */
  readonly next?: ModelCommand;
  readonly stdout?: string;
  readonly stderr?: string;
};

export const readCommand = (line: string): ModelCommand => {
  const words = shellWords(line);
  const [first, ...rest] = words[0] === 'sudo' ? words.slice(2) : words;
  switch (first) {
    case 'sh': {
      const [, , name = '', ...parameters] = rest;
      return isScript(name)
        ? { name, arguments: parameters }
        : { name: 'unknown', arguments: words };
    }
    case 'sha256sum':
      return { name: 'sha256sum', arguments: rest.filter((word) => word.startsWith('/')) };
    case 'cat':
      return rest[0] === '/var/lib/spot-tui/services.tsv'
        ? { name: 'services', arguments: [] }
        : { name: 'unknown', arguments: words };
    case 'journalctl':
    case 'docker':
      return { name: 'journal', arguments: rest };
    case 'tail':
    case ':':
      return { name: 'trivial', arguments: [] };
    default:
      return { name: 'unknown', arguments: words };
  }
};

const isScript = (name: string): name is CommandName =>
  [
    'receive-payload',
    'await-cloud-init',
    'trigger-configuration',
    'inspect-node',
    'watch-spot-notices',
    'drain-node',
  ].includes(name);

/** What a command works with. */
export type CommandRun = {
  readonly machine: ModelMachine;
  readonly command: ModelCommand;
  /** All of standard input, once that has ended. */
  readonly input: () => Promise<Buffer>;
  /** Prints at once. */
  readonly print: (text: string) => void;
  /** Aborts when the channel is closed. */
  readonly signal: AbortSignal;
};

/** Does what the shipped scripts do, as far as their caller can tell. */
export const answer = async (run: CommandRun): Promise<CommandAnswer> => {
  const { command, machine, print, signal } = run;
  switch (command.name) {
    case 'receive-payload':
      return receivePayload(run);
    case 'await-cloud-init':
      await machine.prepared;
      return {
        exitCode: 0,
        stdout:
          '{"result":{"v1":{"datasource":"DataSourceEc2Local","errors":[]}},"status":null,"disabled":false,"prepared":true,"reason":null,"hint":null}\n',
      };
    case 'trigger-configuration':
      return triggerConfiguration(machine, signal);
    case 'inspect-node':
      return { exitCode: 0, stdout: inspection(machine, command.arguments) };
    case 'watch-spot-notices':
      await machine.announced;
      print(`${JSON.stringify({ action: 'terminate', time: iso(machine.reclaimAt) })}\n`);
      return untilClosed(signal);
    case 'sha256sum':
      return { exitCode: 0, stdout: sums(machine, command.arguments) };
    case 'services':
      return machine.applied === undefined
        ? { exitCode: 1 }
        : { exitCode: 0, stdout: machine.applied.table };
    case 'journal':
      return command.arguments.includes('--follow') ? untilClosed(signal) : { exitCode: 0 };
    case 'trivial':
      return { exitCode: 0 };
    case 'drain-node':
      machine.drains += 1;
      return { exitCode: 0, stdout: machine.drains === 1 ? 'begun\n' : 'joined\n' };
    case 'unknown':
      return { exitCode: 127, stderr: `${command.arguments[0]}: not found\n` };
    default:
      return command.name satisfies never;
  }
};

const iso = (time = 0): string => new Date(time).toISOString();

const untilClosed = (signal: AbortSignal): Promise<CommandAnswer> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve({ exitCode: 0 });
    signal.addEventListener('abort', () => resolve({ exitCode: 0 }), { once: true });
  });

const receivePayload = async (run: CommandRun): Promise<CommandAnswer> => {
  const { command, machine, print } = run;
  const [digest = '', flag] = command.arguments;
  if (flag !== '--configure') return takePayload(run);
  const applied = machine.applied?.digest;
  print(`@applied ${applied ?? ''}\n`);
  if (applied !== digest) {
    print('@receiving\n');
    const taken = await takePayload(run);
    if (taken.exitCode !== 0) return taken;
  }
  if (!machine.isPrepared || machine.hasWarnings) return { exitCode: 0 };
  print('@configuring\n');
  return { exitCode: 0, next: { name: 'trigger-configuration', arguments: [] } };
};

const takePayload = async ({ command, input, machine }: CommandRun): Promise<CommandAnswer> => {
  const archive = await input();
  if (machine.isDiskFull) {
    return {
      exitCode: 21,
      stderr: 'no space left for /tmp/exs (0 MiB free on /)\n',
    };
  }
  const files = await readArchive(archive, command.arguments[0] ?? '');
  if (typeof files === 'string') return { exitCode: 20, stderr: `${files}\n` };
  machine.pending = files;
  return { exitCode: 0 };
};

const triggerConfiguration = async (
  machine: ModelMachine,
  signal: AbortSignal,
): Promise<CommandAnswer> => {
  await machine.prepared;
  if (machine.pending === undefined && machine.applied === undefined) {
    return {
      exitCode: 1,
      stdout:
        '@load-state\nloaded\n@failure\nno files were uploaded within 120 s\nRun `spot-tui push` for the node.\n@log\n@end\n',
    };
  }
  // A caller that goes away does not end what systemd was told to do.
  await sleep(machine.times.configure, undefined, { ref: false });
  if (machine.isDiskFull && machine.pending !== undefined) {
    return {
      exitCode: 1,
      stdout:
        '@load-state\nloaded\n@failure\nno space left on /opt/uploaded_files\nFree some space.\n@log\n@end\n',
    };
  }
  machine.apply();
  return signal.aborted ? { exitCode: 129 } : { exitCode: 0 };
};

const sums = (machine: ModelMachine, files: readonly string[]): string =>
  files
    .flatMap((file) => {
      const held = file.startsWith('/tmp/exs') ? machine.pending : machine.applied;
      return held === undefined ? [] : [`${held.digest}  ${file}\n`];
    })
    .join('');

const inspection = (machine: ModelMachine, words: readonly string[]): string => {
  const separator = words.indexOf('--');
  const directories = words.slice(0, separator);
  const units = words.slice(separator + 1);
  const { applied, uptime } = machine;
  return [
    '@boot-id',
    createHash('sha256').update(machine.request.instanceId).digest('hex').slice(0, 32),
    '@uptime',
    `${uptime.toFixed(2)} 100.00`,
    '@cloud-init',
    '{"v1":{"datasource":"DataSourceEc2Local","errors":[]}}',
    '@directories',
    ...directories.map((directory) => `${directory}\troot 755`),
    '@applied',
    ...(applied === undefined ? [] : [applied.digest]),
    '@files',
    '@failure',
    '@units',
    units.map((unit) => unitFacts(unit, machine)).join('\n\n'),
    '@docker',
    '27.5.1',
    '@containers',
    '@disk',
    `/dev/root 20134592 4000000 ${machine.isDiskFull ? 0 : 16_134_592} 20% /`,
    '@memory',
    'MemTotal: 4000000 kB',
    'MemAvailable: 3000000 kB',
    '@processors',
    '2',
    '@load',
    '0.10 0.10 0.10 1/100 1000',
    '@end',
    '',
  ].join('\n');
};

const unitFacts = (unit: string, machine: ModelMachine): string => {
  const startedAt = machine.services.get(unit);
  const isInstalled = machine.applied?.services.some((service) => service.unit === unit) ?? false;
  return [
    `Id=${unit}`,
    `LoadState=${isInstalled ? 'loaded' : 'not-found'}`,
    `ActiveState=${startedAt === undefined ? 'inactive' : 'active'}`,
    `SubState=${startedAt === undefined ? 'dead' : 'running'}`,
    'Result=success',
    'NRestarts=0',
    'ExecMainStatus=0',
    'UnitFileState=enabled',
    `InvocationID=${startedAt === undefined ? '' : 'aa'}`,
    `ActiveEnterTimestampMonotonic=${Math.round((startedAt ?? 0) * 1_000_000)}`,
    'Type=simple',
  ].join('\n');
};
