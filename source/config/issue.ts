import type { Topic } from '../events/topic.ts';

/** Where a value stands in a text, both counted from 1; columns in UTF-16 units as editors do. */
export type Position = { readonly line: number; readonly column: number };

/** Keys and list indexes that lead from the root of a file to a value. */
export type KeyPath = readonly (string | number)[];

/** One thing that is wrong with a configuration, or deserves a warning. */
export type ConfigIssue = {
  /** The file's name as the user gave it; absent where a flag is to blame. */
  readonly file?: string;
  readonly position?: Position;
  /** Such as `regions[0].us-west-2.machine_type` or `--count`; absent for the file as a whole. */
  readonly key?: string;
  /** What was expected and what came, or what to do about it. */
  readonly message: string;
};

/** Says all that is wrong with a configuration, one line for each issue. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** 2, a usage or configuration error, unless AWS is to blame. */
  readonly exitStatus: 1 | 2 | 3;
  /** Where to read on, if the lines do not say all that there is to say. */
  readonly topic: Topic | undefined;
  /** In the order of the file; never empty. `message` has a line for each. */
  readonly issues: readonly ConfigIssue[];
  /** What is not wrong but may explain it, such as a misspelt key beside a missing one. */
  readonly warnings: readonly ConfigIssue[];

  constructor(
    issues: readonly ConfigIssue[],
    warnings: readonly ConfigIssue[] = [],
    { exitStatus = 2, topic }: Partial<Pick<ConfigError, 'exitStatus' | 'topic'>> = {},
  ) {
    super(issues.map(formatIssue).join('\n'));
    this.exitStatus = exitStatus;
    this.topic = topic;
    this.issues = issues;
    this.warnings = warnings;
  }
}

/**
 * An issue as one unwrapped line that is safe for a terminal:
 * `config.yaml:12:7 aws.username: expected …`.
 */
export const formatIssue = ({ file, position, key, message }: ConfigIssue): string => {
  const location =
    file === undefined || position === undefined
      ? file
      : `${file}:${position.line}:${position.column}`;
  const subject = [location, key].filter((part) => part !== undefined && part !== '').join(' ');
  return escapeInvisible(subject === '' ? message : `${subject}: ${message}`);
};

/** `['regions', 0, 'us-west-2', 'tags', 'a b']` as `regions[0].us-west-2.tags["a b"]`. */
export const formatKeyPath = (path: KeyPath): string =>
  path
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`;
      if (!/^[\w-]+$/.test(segment)) return `[${JSON.stringify(segment)}]`;
      return index === 0 ? segment : `.${segment}`;
    })
    .join('');

/** Control characters, line separators and direction marks could forge or break up a line. */
const escapeInvisible = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
