import type { Journal, JournalRecord } from '../systemd/journal.ts';
import { type Call, complain } from './call.ts';
import { formatRecord, type JournalFormat, journalFormats } from './journal-format.ts';
import { bootsOf, matcher } from './journal-matcher.ts';
import { type OptionTable, parseOptions } from './options.ts';

const options: OptionTable = {
  unit: { short: 'u', value: 'required' },
  identifier: { short: 't', value: 'required' },
  priority: { short: 'p', value: 'required' },
  grep: { short: 'g', value: 'required' },
  output: { short: 'o', value: 'required' },
  lines: { short: 'n', value: 'optional' },
  since: { short: 'S', value: 'required' },
  until: { short: 'U', value: 'required' },
  cursor: { short: 'c', value: 'required' },
  'after-cursor': { value: 'required' },
  'show-cursor': {},
  boot: { short: 'b', value: 'optional' },
  follow: { short: 'f' },
  'no-tail': {},
  reverse: { short: 'r' },
  all: { short: 'a' },
  full: { short: 'l' },
  dmesg: { short: 'k' },
  quiet: { short: 'q' },
  'pager-end': { short: 'e' },
  catalog: { short: 'x' },
  merge: { short: 'm' },
  utc: {},
  'no-pager': {},
  'no-hostname': {},
  'no-full': {},
  system: {},
  'list-boots': {},
  'disk-usage': {},
  flush: {},
  sync: {},
  rotate: {},
  'vacuum-size': { value: 'required' },
  'vacuum-time': { value: 'required' },
  version: {},
};

/** Optional arguments that are words of their own as well, as journalctl has it for these two. */
const joinOptionalValues = (words: readonly string[]): string[] => {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    if ((before === '-n' || before === '--lines') && /^(?:\+?\d+|all)$/.test(word)) {
      joined[joined.length - 1] = before === '-n' ? `-n${word}` : `--lines=${word}`;
    } else if ((before === '-b' || before === '--boot') && /^[-+]?\d+$|^[0-9a-f]{32}$/.test(word)) {
      joined[joined.length - 1] = before === '-b' ? `-b${word}` : `--boot=${word}`;
    } else {
      joined.push(word);
    }
  }
  return joined;
};

/** journalctl(1). */
export const journalctl = async (call: Call, journal: Journal): Promise<number> => {
  const given = parseOptions(joinOptionalValues(call.words), options);
  if (given.problem !== undefined) return complain(call, `journalctl: ${given.problem}`);
  if (given.has('version')) {
    call.out('systemd 255 (sandbox)\n');
    return 0;
  }
  const format = given.last('output') ?? 'short';
  if (!isFormat(format)) {
    return complain(call, `Unknown output format '${format}' (or not simulated).`);
  }
  if (given.has('list-boots')) return listBoots(call, journal);
  for (const chore of ['flush', 'sync', 'rotate', 'vacuum-size', 'vacuum-time', 'disk-usage']) {
    if (given.has(chore)) return 0;
  }
  let matches: (record: JournalRecord) => boolean;
  try {
    matches = matcher(given, journal);
  } catch (error) {
    return complain(call, error instanceof Error ? error.message : String(error));
  }

  let records = journal.records().filter(matches);
  const lines = given.last('lines');
  const follows = given.has('follow');
  const limit =
    lines === undefined
      ? follows && !given.has('no-tail') && !given.has('after-cursor')
        ? 10
        : undefined
      : lines === 'all'
        ? undefined
        : lines.startsWith('+')
          ? Number(lines)
          : lines === ''
            ? 10
            : Number(lines);
  if (limit !== undefined) {
    const fromStart = lines?.startsWith('+') === true;
    records = fromStart ? records.slice(0, limit) : limit === 0 ? [] : records.slice(-limit);
  }
  if (given.has('reverse')) records = records.toReversed();
  const all = given.has('all');
  const print = (record: JournalRecord): void =>
    call.out(formatRecord(journal, record, format, all));
  if (follows) call.stream();
  if (records.length === 0 && !follows && !given.has('quiet') && !format.startsWith('json')) {
    call.out('-- No entries --\n');
  }
  for (const record of records) print(record);
  const last = records.at(-1);
  if (given.has('show-cursor') && last !== undefined) {
    call.out(`-- cursor: ${journal.cursorOf(last)}\n`);
  }
  if (!follows) return records.length === 0 && given.has('grep') ? 1 : 0;
  if (call.signal.aborted) return 0;
  const forget = journal.follow((record) => {
    if (matches(record)) print(record);
  });
  await new Promise<void>((resolve) => {
    call.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  forget();
  return 0;
};

const isFormat = (text: string): text is JournalFormat =>
  (journalFormats as readonly string[]).includes(text);

const listBoots = (call: Call, journal: Journal): number => {
  const boots = bootsOf(journal);
  for (const [index, id] of boots.entries()) {
    const first = journal.records().find((record) => record.bootId === id);
    const time = first === undefined ? '' : new Date(first.realtime / 1000).toUTCString();
    call.out(`${String(index + 1 - boots.length).padStart(3)} ${id} ${time}\n`);
  }
  return 0;
};
