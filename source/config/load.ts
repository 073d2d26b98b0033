import path from 'node:path';
import type { Config } from './config.ts';
import { describeValue, quote } from './describe-value.ts';
import { findDoubts } from './doubts.ts';
import { ConfigError, type ConfigIssue, formatKeyPath, type KeyPath } from './issue.ts';
import { readLeniently } from './leniency.ts';
import { valueAt } from './plain-map.ts';
import { readText } from './read-text.ts';
import { resolveConfig } from './resolve.ts';
import { type Finding, findBrokenRules } from './rules.ts';
import { type Environment, homeFolder } from './state-folders.ts';
import { describeUnknownKey } from './unknown-keys.ts';
import { type Mismatch, validate } from './validate.ts';
import { parseYaml, type YamlDocument } from './yaml-document.ts';
import type { YamlIssue } from './yaml-issues.ts';

export type LoadOptions = {
  /** Says what `~` in paths stands for. */
  readonly environment: Environment;
  /** Where a relative name of the file itself begins. */
  readonly workingDirectory: string;
  /** Name of a deployment that the file does not name; absent means after the file's folder. */
  readonly defaultDeployment?: string;
  readonly signal?: AbortSignal;
};

export type LoadedConfig = {
  readonly config: Config;
  /** Such as keys that nobody knows; the configuration is usable all the same. */
  readonly warnings: readonly ConfigIssue[];
  /** An issue about the value at a path of the file, for checks that come after loading. */
  readonly issueAt: IssueAt;
};

/** Makes an issue that says where in the file its value stands. */
export type IssueAt = (path: KeyPath, message: string) => ConfigIssue;

/**
 * Reads a configuration file. Whether the files that it names exist is left to `checkPaths`; the
 * network is never touched.
 *
 * @param file As the user gave it: messages name it like that.
 * @throws ConfigError with everything that is wrong, in the order of the file.
 */
export const loadConfig = async (file: string, options: LoadOptions): Promise<LoadedConfig> => {
  const absoluteFile = path.resolve(options.workingDirectory, file);
  const read = await readText(absoluteFile, options.signal);
  if ('trouble' in read) {
    const { trouble, position, isMissing } = read;
    const message = isMissing ? `${trouble}; ${advice}` : trouble;
    throw new ConfigError([{ file, ...(position === undefined ? {} : { position }), message }]);
  }

  const document = parseYaml(read.text);
  const toIssue = issueMaker(file, document);
  if (document.fatalIssues.length > 0) {
    throw new ConfigError(inOrder(document.fatalIssues.map(toIssue.ofText)));
  }
  if (document.value === null || document.value === undefined) {
    throw new ConfigError([{ file, message: `the file is empty; ${advice}` }]);
  }

  const value = readLeniently(document.value, document.source);
  const brokenRules = findBrokenRules(value);
  const { file: valid, mismatches, unknownKeys } = validate(value);
  const isSaid = saidBy(brokenRules);
  const errors = [
    ...document.errors.map(toIssue.ofText),
    ...brokenRules.map(toIssue.ofFinding),
    ...mismatches.filter(({ path }) => !isSaid(path)).map(toIssue.ofMismatch),
  ];
  const warnings = [
    ...document.warnings.map(toIssue.ofText),
    ...(valid === undefined ? [] : findDoubts(valid)).map(toIssue.ofFinding),
    ...unknownKeys.filter((path) => !isSaid(path)).map(toIssue.ofUnknownKey),
  ];
  if (valid === undefined || errors.length > 0) {
    throw new ConfigError(inOrder(errors), inOrder(warnings));
  }
  return {
    config: {
      ...resolveConfig(valid, {
        folder: path.dirname(absoluteFile),
        home: homeFolder(options.environment),
        deployment: options.defaultDeployment,
      }),
      file: absoluteFile,
    },
    warnings: inOrder(warnings),
    issueAt: (path, message) => toIssue.ofFinding({ path, at: 'value', message }),
  };
};

const advice = '`spot-tui init` writes one to start with';

const issueMaker = (file: string, document: YamlDocument) => ({
  ofText: ({ position, path, message }: YamlIssue): ConfigIssue => ({
    file,
    position,
    ...(path === undefined ? {} : { key: formatKeyPath(path) }),
    message,
  }),
  ofFinding: ({ path, at, message }: Finding): ConfigIssue => ({
    file,
    position: at === 'key' ? document.locateKey(path) : document.locate(path),
    key: formatKeyPath(path),
    message,
  }),
  ofMismatch: ({ path, at, expectation }: Mismatch): ConfigIssue => ({
    file,
    position: at === 'key' ? document.locateKey(path) : document.locate(path),
    key: formatKeyPath(path),
    message: `${expectation}, got ${
      at === 'key'
        ? quote(String(path.at(-1)))
        : isPrivate(path, valueAt(document.value, path))
          ? 'something that is not shown, since it may be a secret itself'
          : describeValue(valueAt(document.value, path), document.source(path))
    }`,
  }),
  ofUnknownKey: (path: KeyPath): ConfigIssue => ({
    file,
    position: document.locateKey(path),
    key: formatKeyPath(path),
    message: describeUnknownKey(path),
  }),
});

/** Whoever confuses a secret with its reference must not find it in logs. */
const isPrivate = ([section]: KeyPath, value: unknown): boolean =>
  section === 'secrets' && ['string', 'number', 'boolean'].includes(typeof value);

/** A region entry of the wrong shape makes nonsense of what is in it. */
const saidBy = (errors: readonly Finding[]) => {
  const misshapen = errors.filter(({ path, at }) => at === 'value' && path.length === 2);
  return (path: KeyPath): boolean =>
    misshapen.some(({ path: start }) => start.every((segment, index) => segment === path[index]));
};

const inOrder = (issues: readonly ConfigIssue[]): ConfigIssue[] =>
  issues.toSorted(
    (a, b) =>
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0),
  );
