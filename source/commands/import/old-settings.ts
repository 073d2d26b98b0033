import path from 'node:path';
import { ConfigError, formatKeyPath, type KeyPath } from '../../config/issue.ts';
import { readLeniently } from '../../config/leniency.ts';
import { resolveLocalPath } from '../../config/local-path.ts';
import { isPlainMap, type PlainMap } from '../../config/plain-map.ts';
import { describeUnknownKey } from '../../config/unknown-keys.ts';
import { validate } from '../../config/validate.ts';
import { parseYaml } from '../../config/yaml-document.ts';
import type { Checkout } from './checkout.ts';

/** A key that nothing reads. */
export type UnknownKey = {
  readonly path: KeyPath;
  /** As it reads: `aws.vpc_tag_name`. */
  readonly key: string;
  readonly line: number;
  /** What became of it, or what it may have been meant to be. */
  readonly message: string;
};

/** What the old configuration says, as far as the import has to know. */
export type OldSettings = {
  readonly aws: PlainMap;
  readonly unknownKeys: readonly UnknownKey[];
  /** The absolute path that a key of `aws` names; undefined where it names none. */
  pathOf(key: string): string | undefined;
};

/**
 * Reads the old configuration as leniently as `create` would. Values that are wrong are left for the
 * new file's own check: only what can't be rewritten is refused.
 *
 * @param home What `~` stands for.
 * @throws ConfigError When it is no YAML, or gives a key twice.
 */
export const readOldSettings = (
  { configuration: { name, text }, folder }: Pick<Checkout, 'configuration' | 'folder'>,
  home: string,
): OldSettings => {
  const file = path.join(folder, name);
  const document = parseYaml(text);
  const issues = [...document.fatalIssues, ...document.errors];
  if (issues.length > 0) {
    throw new ConfigError(
      issues.map(({ path: keyPath, ...issue }) => ({
        file,
        ...issue,
        ...(keyPath === undefined ? {} : { key: formatKeyPath(keyPath) }),
      })),
    );
  }
  const value = readLeniently(document.value, document.source);
  if (!isPlainMap(value)) {
    throw new ConfigError([{ file, message: 'expected a map with the keys "aws" and "regions"' }]);
  }
  const aws = isPlainMap(value.aws) ? value.aws : {};
  return {
    aws,
    unknownKeys: validate(value).unknownKeys.map((keyPath) => ({
      path: keyPath,
      key: formatKeyPath(keyPath),
      line: document.locateKey(keyPath).line,
      message: describeUnknownKey(keyPath),
    })),
    pathOf: (key) => {
      const written = aws[key];
      return typeof written === 'string' && written !== ''
        ? resolveLocalPath(written, { folder, home })
        : undefined;
    },
  };
};
