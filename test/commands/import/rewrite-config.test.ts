import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rewriteConfiguration } from '../../../source/commands/import/rewrite-config.ts';

const rewrite = (
  text: string,
  aws: Readonly<Record<string, string | number | readonly number[] | undefined>>,
  unknownKeys: readonly (readonly (string | number)[])[] = [],
): string =>
  rewriteConfiguration(text, {
    aws: new Map(Object.entries(aws)),
    unknownKeys,
    heading: ['Made'],
  }).replace(/^# Made\n\n/, '');

test('values change in place, with their quotes and comments', () => {
  assert.equal(
    rewrite('aws:\n  # where\n  files_directory: "old" # here\n', { files_directory: 'files' }),
    'aws:\n  # where\n  files_directory: "files" # here\n',
  );
});

test('a key that goes takes its own comment along and leaves the title of its group', () => {
  assert.equal(
    rewrite('aws:\n  a: 1\n\n  # == GROUP ==\n\n  # of b\n  b: 2\n\n  # of c\n  c: 3\n', {
      b: undefined,
    }),
    'aws:\n  a: 1\n\n  # == GROUP ==\n\n  # of c\n  c: 3\n',
  );
  assert.equal(
    rewrite('aws:\n  a: 1\n\n  # == GROUP ==\n\n  # of b\n  b: 2\nregions: [us-west-2]\n', {
      b: undefined,
    }),
    'aws:\n  a: 1\n  # == GROUP ==\nregions: [us-west-2]\n',
  );
});

test('a new folder stands beside the others, everything else at the end', () => {
  assert.equal(
    rewrite('aws:\n  scripts_directory: scripts\n  tags: {a: b}\n', {
      units_directory: 'services',
      open_ports: [4222],
    }),
    'aws:\n  scripts_directory: scripts\n  units_directory: services\n  tags: {a: b}\n  open_ports: [4222]\n',
  );
});

test('a file without a section for it gets one', () => {
  assert.equal(
    rewrite('regions:\n  - us-west-2\naws:\n', { files_directory: 'files' }),
    'regions:\n  - us-west-2\naws:\n  files_directory: files\n',
  );
});

test('keys that nobody reads go, wherever they are', () => {
  assert.equal(
    rewrite(
      'note: x\naws:\n  vpc_tag_name: y\n  username: ubuntu\nregions:\n  - us-west-2:\n      zone: a\n      image: auto\n',
      {},
      [['note'], ['aws', 'vpc_tag_name'], ['regions', 0, 'us-west-2', 'zone']],
    ),
    'aws:\n  username: ubuntu\nregions:\n  - us-west-2:\n      image: auto\n',
  );
});

test('what is merged in from elsewhere is overridden, not changed there', () => {
  assert.equal(
    rewrite('base: &base\n  files_directory: old\naws:\n  <<: *base\n  total_instances: 1\n', {
      files_directory: 'files',
    }),
    'base: &base\n  files_directory: old\naws:\n  <<: *base\n  total_instances: 1\n  files_directory: files\n',
  );
});
