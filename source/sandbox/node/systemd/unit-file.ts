import { parseTimeSpan } from './time-span.ts';

/** Sections of a unit file: each a list of assignments in the order in which they stand. */
export type UnitFile = ReadonlyMap<string, readonly Assignment[]>;

export type Assignment = { readonly key: string; readonly value: string };

/**
 * Parses a unit file, with its drop-ins behind it (systemd.syntax(7)).
 *
 * @throws Error naming the line that is no assignment and no section.
 */
export const parseUnitFile = (texts: readonly string[]): UnitFile => {
  const sections = new Map<string, Assignment[]>();
  for (const text of texts) {
    let current: Assignment[] | undefined;
    for (const { line, number } of logicalLines(text)) {
      const section = /^\[([^\]]+)\]$/.exec(line)?.[1];
      if (section !== undefined) {
        current = sections.get(section) ?? [];
        sections.set(section, current);
        continue;
      }
      const at = line.indexOf('=');
      if (at < 0 || current === undefined) {
        throw new Error(
          `line ${number}: ${current === undefined ? 'assignment outside of section' : "missing '='"}: ${line}`,
        );
      }
      current.push({ key: line.slice(0, at).trim(), value: line.slice(at + 1).trim() });
    }
  }
  return sections;
};

/** Lines without comments, those that end with a backslash joined with the next. */
const logicalLines = (text: string): { line: string; number: number }[] => {
  const lines: { line: string; number: number }[] = [];
  let begun: { line: string; number: number } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '');
    if (/^\s*[#;]/.test(line)) continue;
    const whole = begun === undefined ? line : `${begun.line} ${line.trim()}`;
    const number = begun?.number ?? index + 1;
    if (whole.endsWith('\\')) {
      begun = { line: whole.slice(0, -1).trimEnd(), number };
      continue;
    }
    begun = undefined;
    if (whole.trim() !== '') lines.push({ line: whole.trim(), number });
  }
  if (begun !== undefined) lines.push(begun);
  return lines;
};

/** The last value of a key; undefined where it is not set. */
export const lastValue = (file: UnitFile, section: string, key: string): string | undefined =>
  file.get(section)?.findLast((assignment) => assignment.key === key)?.value;

/** All values of a key; an empty one takes back those before it. */
export const allValues = (file: UnitFile, section: string, key: string): string[] => {
  const values: string[] = [];
  for (const assignment of file.get(section) ?? []) {
    if (assignment.key !== key) continue;
    if (assignment.value === '') values.length = 0;
    else values.push(assignment.value);
  }
  return values;
};

/** All words of a key that takes lists, each once. */
export const wordList = (file: UnitFile, section: string, key: string): string[] => [
  ...new Set(allValues(file, section, key).flatMap((value) => value.split(/\s+/))),
];

/**
 * Milliseconds of a setting that is a time span.
 *
 * @throws Error when it is none.
 */
export const timeOf = (file: UnitFile, section: string, key: string, fallback: number): number => {
  const text = lastValue(file, section, key);
  if (text === undefined || text === '') return fallback;
  const milliseconds = parseTimeSpan(text);
  if (milliseconds === undefined) throw new Error(`Failed to parse ${key}= parameter: ${text}`);
  // systemd takes 0 for "no limit" where something may take time.
  return milliseconds === 0 && key.startsWith('Timeout') ? Number.POSITIVE_INFINITY : milliseconds;
};
