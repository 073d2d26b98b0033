import type { ServiceManager } from '../systemd/service-manager.ts';
import { completeUnitName } from '../systemd/unit.ts';
import { type Call, complain } from './call.ts';
import { type OptionTable, type ParsedOptions, parseOptions } from './options.ts';
import { disableUnits, enableUnits } from './systemctl-enable.ts';
import { runJobs, type SystemctlMachine } from './systemctl-jobs.ts';
import { listJobs, listUnitFiles, listUnits, showStatus } from './systemctl-list.ts';
import { unitProperties } from './unit-properties.ts';

const options: OptionTable = {
  property: { short: 'p', value: 'required' },
  P: { short: 'P', value: 'required' },
  value: {},
  'no-block': {},
  wait: {},
  now: {},
  quiet: { short: 'q' },
  force: { short: 'f' },
  runtime: {},
  all: { short: 'a' },
  full: { short: 'l' },
  failed: {},
  type: { short: 't', value: 'required' },
  state: { value: 'required' },
  lines: { short: 'n', value: 'required' },
  output: { short: 'o', value: 'required' },
  signal: { short: 's', value: 'required' },
  'kill-whom': { value: 'required' },
  'kill-who': { value: 'required' },
  'no-pager': {},
  'no-legend': {},
  'no-ask-password': {},
  'no-reload': {},
  'no-wall': {},
  plain: {},
  legend: { value: 'required' },
  'job-mode': { value: 'required' },
  'show-types': {},
  system: {},
  user: {},
  version: {},
  help: { short: 'h' },
};

/** Verbs that anybody may use. */
const harmlessVerbs = [
  'status',
  'show',
  'cat',
  'is-active',
  'is-failed',
  'is-enabled',
  'is-system-running',
  'list-units',
  'list-unit-files',
  'list-jobs',
  'list-dependencies',
  'list-timers',
  'list-sockets',
  'get-default',
  'help',
];

/** systemctl(1), as far as services are concerned. */
export const systemctl = async (call: Call, machine: SystemctlMachine): Promise<number> => {
  const given = parseOptions(call.words, options);
  if (given.problem !== undefined) return complain(call, `systemctl: ${given.problem}`);
  if (given.has('version')) {
    call.out('systemd 255 (sandbox)\n');
    return 0;
  }
  if (given.has('user')) {
    return complain(call, 'Failed to connect to bus: user services are not simulated here');
  }
  const [verb = 'list-units', ...names] = given.operands;
  if (call.user !== 0 && !harmlessVerbs.includes(verb)) {
    const [name] = names;
    return complain(
      call,
      name === undefined
        ? `Failed to ${verb === 'daemon-reload' ? 'reload daemon' : verb}: Interactive authentication required.`
        : `Failed to ${verb} ${completeUnitName(name)}: Interactive authentication required.`,
    );
  }
  const { manager } = machine;
  switch (verb) {
    case 'start':
    case 'stop':
    case 'restart':
      return runJobs(call, manager, verb, names, given);
    case 'reload':
      return runJobs(call, manager, 'reload', names, given);
    case 'try-restart':
    case 'condrestart':
    case 'try-reload-or-restart':
    case 'reload-or-restart':
    case 'reload-or-try-restart':
      return reloadOrRestart(call, manager, verb, names, given);
    case 'kill':
      for (const name of names) {
        const signal = (given.last('signal') ?? 'TERM').replace(/^SIG/, '');
        manager.kill(completeUnitName(name), `SIG${signal}` as NodeJS.Signals);
      }
      return 0;
    case 'is-active':
    case 'is-failed':
      return tellStates(call, manager, names, given, verb);
    case 'is-enabled':
      return tellEnabled(call, manager, names, given);
    case 'is-system-running':
      return tellSystemState(call, machine);
    case 'show':
      return show(call, machine, names, given);
    case 'status':
      return showStatus(call, manager, names, given);
    case 'cat':
      return cat(call, manager, names);
    case 'list-units':
      return listUnits(call, manager, names, given);
    case 'list-unit-files':
      return listUnitFiles(call, manager, names, given);
    case 'list-jobs':
      return listJobs(call, manager, given);
    case 'daemon-reload':
    case 'daemon-reexec':
      await manager.reload();
      return 0;
    case 'enable':
    case 'reenable':
      return enableUnits(call, machine, names, given);
    case 'disable':
    case 'mask':
    case 'unmask':
      return disableUnits(call, machine, verb, names, given);
    case 'reset-failed': {
      const runtimes =
        names.length === 0
          ? manager.runtimes()
          : await Promise.all(names.map((name) => manager.runtimeOf(name)));
      for (const runtime of runtimes) manager.resetFailed(runtime);
      const missing = runtimes.find(({ unit }) => unit.loadState === 'not-found');
      return missing === undefined || names.length === 0
        ? 0
        : complain(
            call,
            `Failed to reset failed state of unit ${missing.unit.id}: Unit ${missing.unit.id} not loaded.`,
          );
    }
    case 'get-default':
      call.out('multi-user.target\n');
      return 0;
    case 'reboot':
    case 'kexec':
    case 'soft-reboot':
      machine.powerChange('reboot');
      return 0;
    case 'poweroff':
    case 'halt':
      machine.powerChange('poweroff');
      return 0;
    case 'list-timers':
    case 'list-sockets':
      call.out(`0 ${verb.slice(5)} listed.\n`);
      return 0;
    default:
      return complain(call, `Unknown command verb ${verb} (or not simulated in the sandbox).`);
  }
};

const reloadOrRestart = async (
  call: Call,
  manager: ServiceManager,
  verb: string,
  names: readonly string[],
  given: ParsedOptions,
): Promise<number> => {
  let status = 0;
  for (const name of names) {
    const runtime = await manager.runtimeOf(name);
    if (/try|cond/.test(verb) && !runtime.isActive) continue;
    const canReload = (runtime.unit.service?.reload.length ?? 0) > 0 && runtime.isActive;
    const type = verb.includes('reload') && canReload ? 'reload' : 'restart';
    status = (await runJobs(call, manager, type, [name], given)) || status;
  }
  return status;
};

const tellStates = async (
  call: Call,
  manager: ServiceManager,
  names: readonly string[],
  given: ParsedOptions,
  verb: 'is-active' | 'is-failed',
): Promise<number> => {
  let found = false;
  for (const name of names) {
    const { activeState } = await manager.runtimeOf(name);
    if (!given.has('quiet')) call.out(`${activeState}\n`);
    if (
      verb === 'is-active' ? /^(?:active|reloading)$/.test(activeState) : activeState === 'failed'
    ) {
      found = true;
    }
  }
  if (found) return 0;
  return verb === 'is-active' ? 3 : 1;
};

const tellEnabled = async (
  call: Call,
  manager: ServiceManager,
  names: readonly string[],
  given: ParsedOptions,
): Promise<number> => {
  let enabled = true;
  for (const name of names) {
    const { unit } = await manager.runtimeOf(name);
    if (unit.loadState === 'not-found') {
      complain(call, `Failed to get unit file state for ${unit.id}: No such file or directory`);
      if (!given.has('quiet')) call.out('not-found\n');
      return 4;
    }
    const state = manager.store.fileState(unit);
    if (!given.has('quiet')) call.out(`${state}\n`);
    if (!/^(?:enabled|enabled-runtime|static|alias|indirect|generated)$/.test(state))
      enabled = false;
  }
  return enabled ? 0 : 1;
};

const tellSystemState = (call: Call, machine: SystemctlMachine): number => {
  const state = machine.state();
  const failed = machine.manager.runtimes().some(({ activeState }) => activeState === 'failed');
  const told = state === 'running' && failed ? 'degraded' : state;
  call.out(`${told}\n`);
  return told === 'running' ? 0 : 1;
};

const show = async (
  call: Call,
  { manager, state }: SystemctlMachine,
  names: readonly string[],
  given: ParsedOptions,
): Promise<number> => {
  const wanted = [...given.all('property'), ...given.all('P')]
    .flatMap((list) => list.split(','))
    .filter((name) => name !== '');
  const bare = given.has('value') || given.has('P');
  const print = (properties: ReadonlyMap<string, string>): void => {
    for (const [name, value] of properties) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      call.out(bare ? `${value}\n` : `${name}=${value}\n`);
    }
  };
  if (names.length === 0) {
    print(
      new Map([
        ['Version', '255 (sandbox)'],
        ['SystemState', state()],
        ['NNames', String(manager.store.names().length)],
        ['NJobs', String(manager.jobs().length)],
        ['DefaultTarget', 'multi-user.target'],
      ]),
    );
    return 0;
  }
  for (const [index, name] of names.entries()) {
    if (index > 0) call.out('\n');
    print(unitProperties(await manager.runtimeOf(name), manager));
  }
  return 0;
};

const cat = async (
  call: Call,
  manager: ServiceManager,
  names: readonly string[],
): Promise<number> => {
  for (const [index, name] of names.entries()) {
    const { unit } = await manager.runtimeOf(name);
    if (unit.loadState === 'not-found') return complain(call, `No files found for ${unit.id}.`);
    call.out(`${index > 0 ? '\n' : ''}# ${unit.path}\n${unit.text.trimEnd()}\n`);
    for (const dropIn of unit.dropIns) {
      call.out(`\n# ${dropIn}\n${manager.store.textOf(dropIn).trimEnd()}\n`);
    }
  }
  return 0;
};
