import type { ServiceManager } from '../systemd/service-manager.ts';
import { dependencyKinds } from '../systemd/unit.ts';
import type { Moment, UnitRuntime } from '../systemd/unit-runtime.ts';

/** Properties of a unit, under the names and in the form of `systemctl show`. */
export const unitProperties = (
  runtime: UnitRuntime,
  manager: ServiceManager,
): ReadonlyMap<string, string> => {
  const { unit } = runtime;
  const service = unit.service;
  const properties = new Map<string, string>();
  const put = (name: string, value: string | number | boolean): void => {
    properties.set(name, typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value));
  };
  if (unit.type === 'service') {
    put('Type', service?.type ?? 'notify');
    put('Restart', service?.restart ?? 'no');
    put('RestartUSec', span(service?.restartDelay ?? 100));
    put('TimeoutStartUSec', span(service?.startTimeout ?? 90_000));
    put('TimeoutStopUSec', span(service?.stopTimeout ?? 90_000));
    put('RemainAfterExit', service?.remainAfterExit ?? false);
    put('MainPID', runtime.mainPid());
    put('ExecMainPID', runtime.mainPid());
    put('NRestarts', runtime.restarts);
    put('Result', runtime.result);
    put('ExecMainStartTimestamp', wallClock(runtime.execMainStart));
    put('ExecMainStartTimestampMonotonic', runtime.execMainStart.monotonic);
    put('ExecMainExitTimestamp', wallClock(runtime.execMainExit));
    put('ExecMainExitTimestampMonotonic', runtime.execMainExit.monotonic);
    put('ExecMainCode', runtime.mainEnd.code);
    put('ExecMainStatus', runtime.mainEnd.status);
    put('ExecStart', service?.start.map(({ words }) => execText(words)).join(' ; ') ?? '');
    put('StatusText', '');
    put('User', service?.user === 'root' ? '' : (service?.user ?? ''));
    put('WorkingDirectory', service?.directory.path === '/' ? '' : (service?.directory.path ?? ''));
    put('KillMode', service?.killMode ?? 'control-group');
    put(
      'Environment',
      Object.entries(service?.environment ?? {})
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    );
    put(
      'EnvironmentFiles',
      (service?.environmentFiles ?? [])
        .map(({ path, optional }) => `${path} (ignore_errors=${optional ? 'yes' : 'no'})`)
        .join(' '),
    );
  }
  put('Id', unit.id);
  put('Names', unit.id);
  for (const kind of dependencyKinds) put(kind, manager.dependenciesOf(unit, kind).join(' '));
  put('RequiredBy', manager.store.dependents(unit.id, 'Requires').join(' '));
  put('WantedBy', manager.store.dependents(unit.id, 'Wants').join(' '));
  put('BoundBy', manager.store.dependents(unit.id, 'BindsTo').join(' '));
  put('Description', unit.description);
  put('LoadState', unit.loadState);
  put(
    'LoadError',
    unit.loadError === undefined
      ? ''
      : `org.freedesktop.systemd1.${unit.loadState === 'not-found' ? 'NoSuchUnit' : 'BadUnitSetting'} "${unit.loadError}"`,
  );
  put('ActiveState', runtime.activeState);
  put('SubState', runtime.subState);
  put('FragmentPath', unit.path);
  put('DropInPaths', unit.dropIns.join(' '));
  put('UnitFileState', manager.store.fileState(unit));
  put('UnitFilePreset', unit.path === '' ? '' : 'enabled');
  put('StateChangeTimestamp', wallClock(runtime.stateChange));
  put('StateChangeTimestampMonotonic', runtime.stateChange.monotonic);
  put('InactiveExitTimestamp', wallClock(runtime.inactiveExit));
  put('InactiveExitTimestampMonotonic', runtime.inactiveExit.monotonic);
  put('ActiveEnterTimestamp', wallClock(runtime.activeEnter));
  put('ActiveEnterTimestampMonotonic', runtime.activeEnter.monotonic);
  put('ActiveExitTimestamp', wallClock(runtime.activeExit));
  put('ActiveExitTimestampMonotonic', runtime.activeExit.monotonic);
  put('InactiveEnterTimestamp', wallClock(runtime.inactiveEnter));
  put('InactiveEnterTimestampMonotonic', runtime.inactiveEnter.monotonic);
  put('CanStart', unit.loadState === 'loaded');
  put('CanStop', unit.loadState === 'loaded');
  put('CanReload', (service?.reload.length ?? 0) > 0);
  const job = manager.jobOf(unit.id);
  put('Job', job?.id ?? '');
  put('NeedDaemonReload', false);
  put('ConditionResult', runtime.conditionMet);
  put('AssertResult', true);
  put('StartLimitIntervalUSec', span(unit.startLimit.interval));
  put('StartLimitBurst', unit.startLimit.burst);
  put('InvocationID', runtime.invocationId);
  return properties;
};

const execText = (words: readonly string[]): string =>
  `{ path=${words[0] ?? ''} ; argv[]=${words.join(' ')} ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }`;

const days = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

/** Such as `Mon 2025-11-24 06:03:01 UTC`; empty for what never came. */
export const wallClock = ({ realtime }: Moment): string => {
  if (realtime === 0) return '';
  const date = new Date(realtime / 1000);
  const iso = date.toISOString();
  return `${days[date.getUTCDay()]} ${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
};

/** Milliseconds as systemd prints a span, such as `1min 30s`. */
export const span = (milliseconds: number): string => {
  if (!Number.isFinite(milliseconds)) return 'infinity';
  if (milliseconds === 0) return '0';
  const parts: string[] = [];
  let rest = Math.round(milliseconds);
  for (const [unit, length] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const) {
    if (rest >= length) parts.push(`${Math.floor(rest / length)}${unit}`);
    rest %= length;
  }
  return parts.join(' ');
};

/** How long ago something was, such as `3min 12s`. */
export const ago = ({ realtime }: Moment): string => {
  const seconds = Math.max(0, Math.floor((Date.now() * 1000 - realtime) / 1_000_000));
  return seconds === 0
    ? '0s'
    : span(seconds * 1000)
        .split(' ')
        .slice(0, 2)
        .join(' ');
};
