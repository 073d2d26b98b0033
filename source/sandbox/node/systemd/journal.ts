import { randomUUID } from 'node:crypto';
import { monotonicMicroseconds } from './monotonic.ts';

/** One record, with the fields under the names of systemd.journal-fields(7). */
export type JournalRecord = {
  /** Position in the journal; grows by one. */
  readonly sequence: number;
  /** Microseconds since the Unix epoch. */
  readonly realtime: number;
  /** Microseconds since boot. */
  readonly monotonic: number;
  readonly bootId: string;
  readonly message: string;
  /** 0 to 7, as syslog(3) has them. */
  readonly priority: number;
  /** What wrote it, such as `systemd` or a program's name. */
  readonly identifier: string;
  /** Unit whose process wrote it. */
  readonly unit?: string;
  /** Unit that systemd writes about. */
  readonly about?: string;
  readonly pid?: number;
  readonly invocationId?: string;
};

/** What is said; the journal adds when and where. */
export type JournalEntry = Omit<JournalRecord, 'sequence' | 'realtime' | 'monotonic' | 'bootId'>;

const maximumRecords = 2000;
const maximumCharacters = 400_000;

/** A node's journal: the newest records, in memory, across its reboots. */
export class Journal {
  readonly hostname: string;
  readonly machineId: string;
  readonly #source = randomUUID().replaceAll('-', '');
  readonly #listeners = new Set<(record: JournalRecord) => void>();
  #records: JournalRecord[] = [];
  #characters = 0;
  #next = 1;
  #bootId = '';
  #lastRealtime = 0;

  constructor(options: { readonly hostname: string; readonly machineId: string }) {
    this.hostname = options.hostname;
    this.machineId = options.machineId;
  }

  /** Id of the boot that records belong to from now on: 32 hexadecimal digits. */
  startBoot(bootId: string): void {
    this.#bootId = bootId;
  }

  get bootId(): string {
    return this.#bootId;
  }

  write(entry: JournalEntry): void {
    // Strictly growing, so that times alone order records as well.
    this.#lastRealtime = Math.max(this.#lastRealtime + 1, Date.now() * 1000);
    const record: JournalRecord = {
      ...entry,
      sequence: this.#next,
      realtime: this.#lastRealtime,
      monotonic: monotonicMicroseconds(),
      bootId: this.#bootId,
    };
    this.#next += 1;
    this.#records.push(record);
    this.#characters += record.message.length;
    if (this.#records.length > maximumRecords || this.#characters > maximumCharacters) {
      const dropped = this.#records.splice(0, Math.ceil(this.#records.length / 4));
      for (const { message } of dropped) this.#characters -= message.length;
    }
    for (const listener of this.#listeners) listener(record);
  }

  /** All records that are kept, oldest first. */
  records(): readonly JournalRecord[] {
    return this.#records;
  }

  /** Calls for each record from now on; the answer ends that. */
  follow(listener: (record: JournalRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The record's place, in the form of journalctl's cursors. */
  cursorOf(record: JournalRecord): string {
    const hexadecimal = (value: number): string => value.toString(16);
    return [
      `s=${this.#source}`,
      `i=${hexadecimal(record.sequence)}`,
      `b=${record.bootId}`,
      `m=${hexadecimal(record.monotonic)}`,
      `t=${hexadecimal(record.realtime)}`,
      `x=${hexadecimal(record.sequence * 2_654_435_761)}`,
    ].join(';');
  }

  /** Sequence number behind a cursor; undefined for what is no cursor of this journal. */
  sequenceAt(cursor: string): number | undefined {
    const found = /^s=([0-9a-f]+);i=([0-9a-f]+)(?:;|$)/.exec(cursor);
    if (found === null || found[1] !== this.#source) return undefined;
    return Number.parseInt(found[2] ?? '', 16);
  }
}
