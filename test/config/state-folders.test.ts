import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import {
  cacheFolder,
  type Environment,
  homeFolder,
  stateFolders,
} from '../../source/config/state-folders.ts';

const roots: readonly (readonly [NodeJS.Platform, Environment, string])[] = [
  ['linux', { HOME: '/home/me' }, '/home/me/.local/state/spot-tui'],
  ['linux', { HOME: '/home/me', XDG_STATE_HOME: '/var/state' }, '/var/state/spot-tui'],
  ['linux', { HOME: '/home/me', XDG_STATE_HOME: '' }, '/home/me/.local/state/spot-tui'],
  ['linux', { HOME: '/home/me', XDG_STATE_HOME: 'state' }, '/home/me/.local/state/spot-tui'],
  ['freebsd', { HOME: '/home/me' }, '/home/me/.local/state/spot-tui'],
  ['darwin', { HOME: '/Users/me' }, '/Users/me/Library/Application Support/spot-tui'],
];

for (const [platform, environment, root] of roots) {
  test(`on ${platform} with ${JSON.stringify(environment)} all is below ${root}`, () => {
    assert.equal(stateFolders(environment, platform).root, root);
  });
}

const caches: readonly (readonly [NodeJS.Platform, Environment, string])[] = [
  ['linux', { HOME: '/home/me' }, '/home/me/.cache/spot-tui'],
  ['linux', { HOME: '/home/me', XDG_CACHE_HOME: '/var/cache' }, '/var/cache/spot-tui'],
  ['linux', { HOME: '/home/me', XDG_CACHE_HOME: 'cache' }, '/home/me/.cache/spot-tui'],
  ['darwin', { HOME: '/Users/me' }, '/Users/me/Library/Caches/spot-tui'],
];

for (const [platform, environment, folder] of caches) {
  test(`on ${platform} with ${JSON.stringify(environment)} caches are in ${folder}`, () => {
    assert.equal(cacheFolder(environment, platform), folder);
  });
}

test('another HOME is another place for everything', () => {
  const [mine, yours] = ['/home/me', '/home/you'].map((HOME) => {
    const folders = stateFolders({ HOME }, 'linux');
    const fleet = { deployment: 'fleet', isSandbox: false };
    return [
      folders.sandbox,
      folders.knownHosts('fleet'),
      folders.runs(fleet),
      folders.recording({ ...fleet, command: 'create', startedAt: 0, processId: 1 }),
    ];
  });
  assert.deepEqual(mine, [
    '/home/me/.local/state/spot-tui/sandbox',
    '/home/me/.local/state/spot-tui/known-hosts/fleet',
    '/home/me/.local/state/spot-tui/runs/fleet',
    '/home/me/.local/state/spot-tui/runs/fleet/1970-01-01T00-00-00.000Z-create-1.ndjson',
  ]);
  assert.deepEqual(
    yours,
    mine.map((folder) => folder.replace('/home/me', '/home/you')),
  );
});

test('what a deployment did in the sandbox is kept apart from what it did on AWS', () => {
  const { runs } = stateFolders({ HOME: '/home/me' }, 'linux');
  const names = [
    { deployment: 'fleet', isSandbox: false },
    { deployment: 'fleet', isSandbox: true },
    { deployment: 'sandbox', isSandbox: true },
  ].map((recorded) => path.basename(runs(recorded)));
  assert.deepEqual(names, ['fleet', 'fleet@sandbox', 'sandbox']);
});

test('without HOME the home folder is that of the account', () => {
  assert.equal(homeFolder({}, 'linux'), homedir());
  assert.equal(homeFolder({ HOME: '' }, 'linux'), homedir());
  assert.equal(homeFolder({ HOME: 'relative' }, 'linux'), homedir());
});
