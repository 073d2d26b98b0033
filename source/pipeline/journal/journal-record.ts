import * as z from 'zod';

/**
 * The fields that are used of a line of `journalctl --output=json`. A message is null when it was
 * too long for journalctl to print, and an array of bytes when it is no UTF-8.
 * https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format
 */
const recordSchema = z.object({
  __CURSOR: z.string(),
  /** Microseconds since the Unix epoch. */
  __REALTIME_TIMESTAMP: z.coerce.number().optional(),
  MESSAGE: z.union([z.string(), z.array(z.number().int().min(0).max(255)), z.null()]).optional(),
  UNIT: z.string().optional(),
  _SYSTEMD_UNIT: z.string().optional(),
  SYSLOG_IDENTIFIER: z.string().optional(),
});

export type JournalRecord = {
  /** Resumes the journal behind this record. */
  readonly cursor: string;
  /** By the node's clock, in milliseconds since the Unix epoch. */
  readonly time?: number;
  /** Unit without `.service`, else the program's name. */
  readonly source: string;
  /** Whether systemd says it of the unit, and not the unit's own program. */
  readonly aboutUnit: boolean;
  /** As it came: may hold anything, several lines included. */
  readonly message: string;
};

/** Reads one line of the journal; undefined for a line that is no record. */
export const parseJournalRecord = (line: string): JournalRecord | undefined => {
  const parsed = recordSchema.safeParse(parseJson(line));
  if (!parsed.success) return undefined;
  const {
    __CURSOR: cursor,
    __REALTIME_TIMESTAMP: microseconds,
    MESSAGE: message,
    UNIT,
    _SYSTEMD_UNIT,
    SYSLOG_IDENTIFIER,
  } = parsed.data;
  return {
    cursor,
    ...(microseconds === undefined ? {} : { time: Math.floor(microseconds / 1000) }),
    source: (UNIT ?? _SYSTEMD_UNIT ?? SYSLOG_IDENTIFIER ?? 'journal').replace(/\.service$/, ''),
    aboutUnit: UNIT !== undefined,
    message: messageText(message),
  };
};

const messageText = (message: string | number[] | null | undefined): string => {
  if (typeof message === 'string') return message;
  if (Array.isArray(message)) return Buffer.from(message).toString('utf8');
  return message === null ? '(a message too long for journalctl)' : '';
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // journalctl prints notes such as "-- No entries --" between the records.
    return undefined;
  }
};
