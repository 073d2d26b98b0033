import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyBindings } from '../../source/ui/keys/key-bindings.ts';
import { createKeyMap, labelOf, type ScreenName } from '../../source/ui/keys/key-map.ts';

const screens: readonly ScreenName[] = ['fleet', 'node', 'log', 'output', 'actions'];

for (const isRecording of [false, true]) {
  test(`no key means two things on one screen${isRecording ? ' of a recording' : ''}`, () => {
    const { keyMap, problems } = createKeyMap({ isRecording });
    assert.deepEqual(problems, []);
    for (const screen of screens) {
      const keys = keyMap.of(screen).flatMap((binding) => binding.keys);
      assert.deepEqual(
        keys.filter((key, index) => keys.indexOf(key) !== index),
        [],
        screen,
      );
    }
  });
}

test('every screen can be left, and tells its keys', () => {
  const { keyMap } = createKeyMap();
  for (const screen of screens) {
    assert.equal(keyMap.commandOf('q', screen), 'quit');
    assert.equal(keyMap.commandOf('?', screen), 'help');
    assert.equal(keyMap.commandOf('escape', screen), 'close');
    assert.equal(keyMap.commandOf('ctrl-c', screen), 'interrupt');
  }
});

test('a configuration gives a command other keys', () => {
  const { keyMap, problems } = createKeyMap({ overrides: { retry: ['ctrl-r', 'Z'] } });
  assert.deepEqual(problems, []);
  assert.equal(keyMap.commandOf('ctrl-r', 'fleet'), 'retry');
  assert.equal(keyMap.commandOf('Z', 'node'), 'retry');
  assert.equal(keyMap.commandOf('r', 'fleet'), undefined);
});

test('keys can be exchanged, whatever their order', () => {
  const { keyMap, problems } = createKeyMap({ overrides: { retry: ['c'], configure: ['r'] } });
  assert.deepEqual(problems, []);
  assert.equal(keyMap.commandOf('c', 'fleet'), 'retry');
  assert.equal(keyMap.commandOf('r', 'fleet'), 'configure');
});

test('what a configuration gets wrong is named, and leaves the keys as they were', () => {
  const { keyMap, problems } = createKeyMap({
    overrides: { retri: ['x'], help: ['F'], retry: ['t'], push: [] },
  });
  assert.deepEqual(problems, [
    'keys.retri: no such command; did you mean retry?',
    "keys.help: this key can't be changed",
    'keys.retry: t would mean both retry and terminate (fleet screen)',
  ]);
  assert.equal(keyMap.commandOf('t', 'fleet'), 'terminate');
  assert.equal(keyMap.commandOf('r', 'fleet'), 'retry');
  assert.equal(keyMap.commandOf('u', 'fleet'), undefined);
});

test('labels have arrows where the terminal has them', () => {
  assert.equal(labelOf('up', true), '↑');
  assert.equal(labelOf('up', false), 'Up');
  assert.equal(labelOf('ctrl-l', true), '^L');
  assert.equal(labelOf(' ', false), 'Space');
});

test('descriptions are short enough for two columns of help', () => {
  for (const { command, description } of keyBindings) {
    assert.ok(description.length <= 40, `${command}: ${description}`);
  }
});
