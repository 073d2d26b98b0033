import type { ServiceManager } from '../systemd/service-manager.ts';
import { completeUnitName } from '../systemd/unit.ts';
import type { UnitRuntime } from '../systemd/unit-runtime.ts';
import type { Call } from './call.ts';
import { formatRecord } from './journal-format.ts';
import type { ParsedOptions } from './options.ts';
import { ago, wallClock } from './unit-properties.ts';

/** `systemctl list-units`. */
export const listUnits = async (
  call: Call,
  manager: ServiceManager,
  patterns: readonly string[],
  given: ParsedOptions,
): Promise<number> => {
  const states = listOf(given, 'state');
  if (given.has('failed')) states.push('failed');
  const runtimes = manager.runtimes().filter((runtime) => {
    const { unit, activeState, subState } = runtime;
    if (!matches(unit.id, patterns, listOf(given, 'type'))) return false;
    if (states.length > 0)
      return [activeState, subState, unit.loadState].some((state) => states.includes(state));
    return given.has('all') || activeState !== 'inactive' || manager.jobOf(unit.id) !== undefined;
  });
  const rows = runtimes.map((runtime) => [
    `${runtime.activeState === 'failed' && !given.has('plain') ? '●' : given.has('plain') ? '' : ' '}${given.has('plain') ? '' : ' '}${runtime.unit.id}`,
    runtime.unit.loadState,
    runtime.activeState,
    runtime.subState,
    runtime.unit.description,
  ]);
  printTable(
    call,
    given.has('plain')
      ? ['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION']
      : ['  UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'],
    rows,
    given,
  );
  if (!isBare(given)) call.out(`\n${rows.length} loaded units listed.\n`);
  return 0;
};

/** `systemctl list-unit-files`. */
export const listUnitFiles = async (
  call: Call,
  manager: ServiceManager,
  patterns: readonly string[],
  given: ParsedOptions,
): Promise<number> => {
  const states = listOf(given, 'state');
  const rows = manager
    .runtimes()
    .map(({ unit }) => [unit.id, manager.store.fileState(unit), 'enabled'])
    .filter(
      ([id = '', state = '']) =>
        matches(id, patterns, listOf(given, 'type')) &&
        (states.length === 0 || states.includes(state)),
    );
  printTable(call, ['UNIT FILE', 'STATE', 'PRESET'], rows, given);
  if (!isBare(given)) call.out(`\n${rows.length} unit files listed.\n`);
  return rows.length > 0 || patterns.length === 0 ? 0 : 1;
};

/** `systemctl list-jobs`. */
export const listJobs = async (
  call: Call,
  manager: ServiceManager,
  given: ParsedOptions,
): Promise<number> => {
  const rows = manager.jobs().map((job) => [String(job.id), job.unitId, job.type, job.state]);
  if (rows.length === 0) {
    if (!isBare(given)) call.out('No jobs running.\n');
    return 0;
  }
  printTable(call, ['JOB', 'UNIT', 'TYPE', 'STATE'], rows, given);
  if (!isBare(given)) call.out(`\n${rows.length} jobs listed.\n`);
  return 0;
};

/** `systemctl status`: 0 when all are active, 3 when one is not, 4 when one does not exist. */
export const showStatus = async (
  call: Call,
  manager: ServiceManager,
  names: readonly string[],
  given: ParsedOptions,
): Promise<number> => {
  if (names.length === 0) {
    call.out(
      `● ${manager.journal.hostname}\n    State: running\n     Jobs: ${manager.jobs().length} queued\n`,
    );
    return 0;
  }
  let status = 0;
  for (const [index, name] of names.entries()) {
    const runtime = await manager.runtimeOf(name);
    if (runtime.unit.loadState === 'not-found') {
      call.err(`Unit ${runtime.unit.id} could not be found.\n`);
      status = 4;
      continue;
    }
    if (index > 0) call.out('\n');
    printStatus(call, manager, runtime, Number(given.last('lines') ?? 10));
    if (!runtime.isActive && status === 0) status = 3;
  }
  return status;
};

const printStatus = (
  call: Call,
  manager: ServiceManager,
  runtime: UnitRuntime,
  lines: number,
): void => {
  const { unit } = runtime;
  const dot = { failed: '×', inactive: '○' }[runtime.activeState as string] ?? '●';
  const state = manager.store.fileState(unit);
  const result = runtime.result === 'success' ? '' : ` (Result: ${runtime.result})`;
  const since =
    runtime.stateChange.realtime === 0
      ? ''
      : ` since ${wallClock(runtime.stateChange)}; ${ago(runtime.stateChange)} ago`;
  call.out(`${dot} ${unit.id} - ${unit.description}\n`);
  call.out(
    `     Loaded: ${unit.loadState} (${unit.path}${state === '' ? '' : `; ${state}; preset: enabled`})\n`,
  );
  if (unit.loadError !== undefined) call.out(`             ${unit.loadError}\n`);
  if (unit.dropIns.length > 0) call.out(`    Drop-In: ${unit.dropIns.join('\n             ')}\n`);
  call.out(`     Active: ${runtime.activeState} (${runtime.subState})${result}${since}\n`);
  const pid = runtime.mainPid();
  if (pid > 0) {
    call.out(
      `   Main PID: ${pid} (${unit.service?.start[0]?.words[0]?.split('/').at(-1) ?? ''})\n`,
    );
  } else if (runtime.mainEnd.code !== 0) {
    const how = runtime.mainEnd.code === 1 ? 'exited' : 'killed';
    call.out(`   Main PID: 0 (code=${how}, status=${runtime.mainEnd.status})\n`);
  }
  const records = manager.journal
    .records()
    .filter(
      (record) =>
        (record.unit === unit.id || record.about === unit.id) &&
        record.bootId === manager.journal.bootId,
    )
    .slice(-lines);
  if (records.length > 0 && lines > 0) call.out('\n');
  for (const record of lines > 0 ? records : []) {
    call.out(formatRecord(manager.journal, record, 'short', false));
  }
};

const isBare = (given: ParsedOptions): boolean =>
  given.has('no-legend') || given.last('legend') === 'no' || given.last('legend') === 'false';

const listOf = (given: ParsedOptions, name: string): string[] =>
  given.all(name).flatMap((list) => list.split(','));

const matches = (id: string, patterns: readonly string[], types: readonly string[]): boolean => {
  const fits = (pattern: string): boolean => {
    if (!/[*?[]/.test(pattern)) return completeUnitName(pattern) === id;
    const expression = pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${expression}$`).test(id);
  };
  return (
    (patterns.length === 0 || patterns.some(fits)) &&
    (types.length === 0 || types.some((type) => id.endsWith(`.${type}`)))
  );
};

const printTable = (
  call: Call,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  given: ParsedOptions,
): void => {
  const all = isBare(given) ? rows : [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0), 0),
  );
  for (const row of all) {
    call.out(
      `${row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0),
        )
        .join(' ')}\n`,
    );
  }
};
