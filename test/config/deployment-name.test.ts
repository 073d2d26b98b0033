import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploymentNamePattern, foldDeploymentName } from '../../source/config/deployment-name.ts';

for (const [folder, name] of [
  ['my-fleet', 'my-fleet'],
  ['MyFleet_2.0', 'MyFleet_2.0'],
  ['My Fleet', 'My-Fleet'],
  ['  spaces  ', 'spaces'],
  ['flotte déployée', 'flotte-deployee'],
  ['.hidden', 'hidden'],
  ['a/b:c*d', 'a-b-c-d'],
  ['-rf', 'rf'],
  ['x'.repeat(80), 'x'.repeat(50)],
  [`${'x'.repeat(49)}-y`, 'x'.repeat(49)],
] as const) {
  test(`a folder ${JSON.stringify(folder)} makes a deployment ${name}`, () => {
    assert.equal(foldDeploymentName(folder), name);
    assert.match(name, deploymentNamePattern);
  });
}

test('folders without a legal character make deployments that differ', () => {
  const names = ['', '群れ', '艦隊', '...', '---'].map(foldDeploymentName);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, deploymentNamePattern);
  assert.equal(foldDeploymentName('群れ'), names[1]);
});
