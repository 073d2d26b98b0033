import type { Journal, JournalRecord } from '../systemd/journal.ts';
import { parseTimeSpan } from '../systemd/time-span.ts';
import { completeUnitName } from '../systemd/unit.ts';
import type { ParsedOptions } from './options.ts';

/**
 * Tells which records are meant by options of journalctl.
 *
 * @throws Error in journalctl's words for a value that it can't read.
 */
export const matcher = (
  given: ParsedOptions,
  journal: Journal,
): ((record: JournalRecord) => boolean) => {
  const tests: ((record: JournalRecord) => boolean)[] = [];
  const units = given.all('unit').map(completeUnitName);
  if (units.length > 0) {
    const patterns = units.map(globPattern);
    tests.push((record) =>
      [record.unit, record.about].some(
        (unit) => unit !== undefined && patterns.some((pattern) => pattern.test(unit)),
      ),
    );
  }
  const identifiers = given.all('identifier');
  if (identifiers.length > 0) tests.push((record) => identifiers.includes(record.identifier));
  if (given.has('dmesg')) tests.push((record) => record.identifier === 'kernel');

  const priority = given.last('priority');
  if (priority !== undefined) {
    const levels = priority.split('..').map(priorityOf);
    const [first = 0, second] = levels;
    const [from, to] = second === undefined ? [0, first] : [first, second];
    tests.push((record) => record.priority >= from && record.priority <= to);
  }
  const pattern = given.last('grep');
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, pattern === pattern.toLowerCase() ? 'i' : '');
    tests.push((record) => expression.test(record.message));
  }
  const boot = given.last('boot');
  if (boot !== undefined) {
    const id = bootOf(boot, journal);
    tests.push((record) => record.bootId === id);
  }
  for (const [name, afterwards] of [
    ['since', true],
    ['until', false],
  ] as const) {
    const text = given.last(name);
    if (text === undefined) continue;
    const time = parseTime(text) * 1000;
    tests.push((record) => (afterwards ? record.realtime >= time : record.realtime <= time));
  }
  for (const name of ['cursor', 'after-cursor'] as const) {
    const text = given.last(name);
    if (text === undefined) continue;
    const sequence = journal.sequenceAt(text);
    if (sequence === undefined) throw new Error('Failed to seek to cursor: Invalid argument');
    tests.push((record) =>
      name === 'cursor' ? record.sequence >= sequence : record.sequence > sequence,
    );
  }
  for (const operand of given.operands) {
    const [field = '', value = ''] = operand.split(/=(.*)/s);
    tests.push((record) => fieldOf(record, field) === value);
  }
  return (record) => tests.every((test) => test(record));
};

const fieldOf = (record: JournalRecord, field: string): string | undefined => {
  switch (field) {
    case '_SYSTEMD_UNIT':
      return record.unit;
    case 'UNIT':
      return record.about;
    case 'SYSLOG_IDENTIFIER':
      return record.identifier;
    case '_PID':
      return record.pid === undefined ? undefined : String(record.pid);
    case '_BOOT_ID':
      return record.bootId;
    case 'PRIORITY':
      return String(record.priority);
    case 'MESSAGE':
      return record.message;
    case 'INVOCATION_ID':
    case '_SYSTEMD_INVOCATION_ID':
      return record.invocationId;
    default:
      return undefined;
  }
};

const globPattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

const priorityOf = (text: string): number => {
  const names = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
  const level = /^[0-7]$/.test(text) ? Number(text) : names.indexOf(text);
  if (level < 0) throw new Error(`Unknown log level ${text}`);
  return level;
};

/** Ids of the boots of which something is kept, oldest first. */
export const bootsOf = (journal: Journal): string[] => [
  ...new Set([...journal.records().map((record) => record.bootId), journal.bootId]),
];

const bootOf = (text: string, journal: Journal): string => {
  if (text === '' || text === '0') return journal.bootId;
  if (/^[0-9a-f]{32}$/.test(text)) return text;
  const boots = bootsOf(journal);
  const offset = Number(text);
  const id = offset > 0 ? boots[offset - 1] : boots.at(offset - 1);
  if (id === undefined) throw new Error(`Data from the specified boot (${text}) is not available`);
  return id;
};

/** Milliseconds since the epoch of a time as systemd.time(7) has it. */
const parseTime = (text: string): number => {
  const now = Date.now();
  const midnight = new Date(now).setUTCHours(0, 0, 0, 0);
  if (text === 'now') return now;
  if (text === 'today') return midnight;
  if (text === 'yesterday') return midnight - 86_400_000;
  if (/^@\d/.test(text)) return Number.parseFloat(text.slice(1)) * 1000;
  const ago = /^(.*)\s+ago$|^-(.*)$/.exec(text);
  if (ago !== null) {
    const span = parseTimeSpan((ago[1] ?? ago[2] ?? '').trim());
    if (span !== undefined) return now - span;
  }
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (clock !== null) {
    return (
      midnight + (Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0)) * 1000
    );
  }
  const zoned = /(?:Z|UTC|[+-]\d{2}:?\d{2})$/.test(text.trim());
  const time = Date.parse(
    zoned ? text.replace(/\s*UTC$/, 'Z') : `${text.trim().replace(' ', 'T')}Z`,
  );
  const plain = Number.isNaN(time) ? Date.parse(`${text.trim()}T00:00:00Z`) : time;
  if (Number.isNaN(plain)) throw new Error(`Failed to parse timestamp: ${text}`);
  return plain;
};
