import type { Journal, JournalRecord } from '../systemd/journal.ts';

/** Formats of `journalctl --output=`. */
export const journalFormats = [
  'short',
  'short-iso',
  'short-iso-precise',
  'short-precise',
  'short-full',
  'short-unix',
  'short-monotonic',
  'with-unit',
  'json',
  'json-pretty',
  'json-sse',
  'cat',
  'export',
] as const;

export type JournalFormat = (typeof journalFormats)[number];

/** Longest field that is printed as JSON unless all is asked for. */
const maximumField = 4096;

/** One record as `journalctl` prints it, with its newline. */
export const formatRecord = (
  journal: Journal,
  record: JournalRecord,
  format: JournalFormat,
  all: boolean,
): string => {
  switch (format) {
    case 'cat':
      return `${record.message}\n`;
    case 'json':
      return `${JSON.stringify(fieldsOf(journal, record, all))}\n`;
    case 'json-pretty':
      return `${JSON.stringify(fieldsOf(journal, record, all), undefined, '\t')}\n`;
    case 'json-sse':
      return `data: ${JSON.stringify(fieldsOf(journal, record, all))}\n\n`;
    case 'export':
      return `${Object.entries(fieldsOf(journal, record, true))
        .map(([name, value]) => `${name}=${value}\n`)
        .join('')}\n`;
    default: {
      const pid = record.pid === undefined ? '' : `[${record.pid}]`;
      const source =
        format === 'with-unit'
          ? (record.about ?? record.unit ?? record.identifier)
          : record.identifier;
      const host = format === 'short-monotonic' ? '' : ` ${journal.hostname}`;
      const head = `${timestamp(record, format)}${host} ${source}${pid}: `;
      return `${head}${record.message.replaceAll('\n', `\n${' '.repeat(head.length)}`)}\n`;
    }
  }
};

/** The record's fields, under systemd's names and in its order. */
const fieldsOf = (
  journal: Journal,
  record: JournalRecord,
  all: boolean,
): Record<string, string | null> => {
  const byService = record.identifier === 'systemd' && record.pid === 1;
  return {
    __CURSOR: journal.cursorOf(record),
    __REALTIME_TIMESTAMP: String(record.realtime),
    __MONOTONIC_TIMESTAMP: String(record.monotonic),
    _BOOT_ID: record.bootId,
    _MACHINE_ID: journal.machineId,
    _HOSTNAME: journal.hostname,
    _TRANSPORT: byService ? 'journal' : 'stdout',
    _UID: '0',
    _GID: '0',
    PRIORITY: String(record.priority),
    SYSLOG_IDENTIFIER: record.identifier,
    ...(record.pid === undefined ? {} : { _PID: String(record.pid) }),
    ...(record.unit === undefined ? {} : { _SYSTEMD_UNIT: record.unit }),
    ...(record.about === undefined ? {} : { UNIT: record.about }),
    ...(record.invocationId === undefined
      ? {}
      : {
          [record.about === undefined ? '_SYSTEMD_INVOCATION_ID' : 'INVOCATION_ID']:
            record.invocationId,
        }),
    MESSAGE: !all && Buffer.byteLength(record.message) > maximumField ? null : record.message,
  };
};

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const days = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

const timestamp = (record: JournalRecord, format: JournalFormat): string => {
  const date = new Date(record.realtime / 1000);
  const iso = date.toISOString();
  const microseconds = String(record.realtime % 1_000_000).padStart(6, '0');
  switch (format) {
    case 'short-iso':
      return `${iso.slice(0, 19)}+00:00`;
    case 'short-iso-precise':
      return `${iso.slice(0, 19)}.${microseconds}+00:00`;
    case 'short-unix':
      return `${Math.floor(record.realtime / 1_000_000)}.${microseconds}`;
    case 'short-full':
      return `${days[date.getUTCDay()]} ${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
    case 'short-monotonic':
      return `[${(record.monotonic / 1_000_000).toFixed(6).padStart(12)}]`;
    default: {
      const day = `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, '0')}`;
      const precise = format === 'short-precise' ? `.${microseconds}` : '';
      return `${day} ${iso.slice(11, 19)}${precise}`;
    }
  }
};
