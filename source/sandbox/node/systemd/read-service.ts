import { type ExecLine, parseExecLines, splitWords } from './exec-line.ts';
import type { Output, RestartPolicy, Service, ServiceType } from './unit.ts';
import { allValues, lastValue, timeOf, type UnitFile, wordList } from './unit-file.ts';

/**
 * Reads the `[Service]` section.
 *
 * @throws Error in systemd's words for what it would refuse.
 */
export const readService = (file: UnitFile, id: string): Service => {
  const last = (key: string) => lastValue(file, 'Service', key);
  const lines = (key: string): ExecLine[] =>
    allValues(file, 'Service', key).flatMap((value) => parseExecLines(value));
  const start = lines('ExecStart');
  const stop = lines('ExecStop');
  const remainAfterExit = isTrue(last('RemainAfterExit'));
  const type = serviceType(last('Type'), start.length > 0);
  if (start.length === 0 && (stop.length === 0 || !remainAfterExit)) {
    throw new Error('Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.');
  }
  if (type !== 'oneshot' && start.length > 1) {
    throw new Error(
      'Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.',
    );
  }
  for (const line of [...start, ...stop, ...lines('ExecStartPre')]) checkProgram(line);
  const timeout = last('TimeoutSec');
  const output = readOutput(last('StandardOutput')) ?? { to: 'journal' };
  const identifier = last('SyslogIdentifier');
  return {
    type,
    condition: lines('ExecCondition'),
    startPre: lines('ExecStartPre'),
    start,
    startPost: lines('ExecStartPost'),
    reload: lines('ExecReload'),
    stop,
    stopPost: lines('ExecStopPost'),
    environment: readEnvironment(file),
    environmentFiles: allValues(file, 'Service', 'EnvironmentFile').map(optionalPath),
    directory: optionalPath(last('WorkingDirectory') ?? '/'),
    user: last('User') || 'root',
    restart: restartPolicy(last('Restart'), type, id),
    restartDelay: timeOf(file, 'Service', 'RestartSec', 100),
    startTimeout: timeOf(
      file,
      'Service',
      timeout === undefined ? 'TimeoutStartSec' : 'TimeoutSec',
      type === 'oneshot' ? Number.POSITIVE_INFINITY : 90_000,
    ),
    stopTimeout: timeOf(
      file,
      'Service',
      timeout === undefined ? 'TimeoutStopSec' : 'TimeoutSec',
      90_000,
    ),
    remainAfterExit,
    killMode: killMode(last('KillMode')),
    killSignal: signalName(last('KillSignal') ?? 'SIGTERM'),
    successStatuses: wordList(file, 'Service', 'SuccessExitStatus'),
    restartPreventStatuses: wordList(file, 'Service', 'RestartPreventExitStatus'),
    output,
    errorOutput: readOutput(last('StandardError')) ?? output,
    ...(identifier === undefined || identifier === '' ? {} : { identifier }),
    folders: [
      ...wordList(file, 'Service', 'RuntimeDirectory').map((name) => `/run/${name}`),
      ...wordList(file, 'Service', 'StateDirectory').map((name) => `/var/lib/${name}`),
      ...wordList(file, 'Service', 'CacheDirectory').map((name) => `/var/cache/${name}`),
      ...wordList(file, 'Service', 'LogsDirectory').map((name) => `/var/log/${name}`),
    ],
  };
};

const checkProgram = ({ words: [program = ''] }: ExecLine): void => {
  if (!program.startsWith('/') && program.includes('/')) {
    throw new Error(`Neither a valid executable name nor an absolute path: ${program}`);
  }
};

const isTrue = (text: string | undefined): boolean => /^(?:1|yes|y|true|t|on)$/i.test(text ?? '');

const serviceType = (text: string | undefined, starts: boolean): ServiceType => {
  switch (text) {
    case undefined:
    case '':
      return starts ? 'simple' : 'oneshot';
    case 'simple':
    case 'exec':
    case 'oneshot':
    case 'forking':
    case 'notify':
    case 'dbus':
    case 'idle':
      return text;
    case 'notify-reload':
      return 'notify';
    default:
      throw new Error(`Failed to parse service type: ${text}`);
  }
};

const restartPolicy = (text: string | undefined, type: ServiceType, id: string): RestartPolicy => {
  switch (text) {
    case undefined:
    case '':
      return 'no';
    case 'always':
    case 'on-success':
      if (type === 'oneshot') {
        throw new Error(
          `${id}: Service has Restart= set to either always or on-success, which isn't allowed for Type=oneshot services. Refusing.`,
        );
      }
      return text;
    case 'no':
    case 'on-failure':
    case 'on-abnormal':
    case 'on-abort':
    case 'on-watchdog':
      return text;
    default:
      throw new Error(`Failed to parse service restart specifier: ${text}`);
  }
};

const killMode = (text: string | undefined): Service['killMode'] => {
  switch (text) {
    case 'mixed':
    case 'process':
    case 'none':
      return text;
    default:
      return 'control-group';
  }
};

const signalName = (text: string): NodeJS.Signals => {
  const name = text.startsWith('SIG') ? text : `SIG${text}`;
  switch (name) {
    case 'SIGINT':
    case 'SIGHUP':
    case 'SIGQUIT':
    case 'SIGKILL':
    case 'SIGUSR1':
    case 'SIGUSR2':
      return name;
    default:
      return 'SIGTERM';
  }
};

const optionalPath = (text: string): { path: string; optional: boolean } => {
  const path = text.replace(/^-/, '');
  return { path: path === '~' ? '/root' : path, optional: text.startsWith('-') };
};

const readEnvironment = (file: UnitFile): Record<string, string> => {
  const environment: Record<string, string> = {};
  for (const value of allValues(file, 'Service', 'Environment')) {
    for (const { text } of splitWords(value)) {
      const at = text.indexOf('=');
      if (at > 0) environment[text.slice(0, at)] = text.slice(at + 1);
    }
  }
  return environment;
};

const readOutput = (text: string | undefined): Output | undefined => {
  if (text === undefined || text === '' || text === 'inherit') return undefined;
  if (text === 'null') return { to: 'null' };
  const file = /^(?:append|file|truncate):(\/.*)$/.exec(text)?.[1];
  return file === undefined ? { to: 'journal' } : { appendTo: file };
};
