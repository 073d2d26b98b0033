import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSandboxPatience } from '../../source/commands/sandbox-patience.ts';
import { builtInConfig } from '../../source/config/built-in.ts';

const config = builtInConfig({
  templatesFolder: '/templates',
  privateKeyPath: '/key',
  publicKeyPath: '/key.pub',
});

test('a few nodes of the sandbox have the times that the configuration says', () => {
  const few = { ...config, totalInstances: 50 };
  assert.deepEqual(withSandboxPatience(few).timeouts, config.timeouts);
});

test('a thousand nodes that share one machine are waited for in every phase', () => {
  const { timeouts } = withSandboxPatience({ ...config, totalInstances: 1000 });
  assert.deepEqual(Object.keys(timeouts).toSorted(), Object.keys(config.timeouts).toSorted());
  assert.equal(timeouts.connecting, config.timeouts.connecting + 950 * 3_000);
  for (const [phase, milliseconds] of Object.entries(config.timeouts)) {
    assert.equal(timeouts[phase as keyof typeof timeouts], milliseconds + 950 * 3_000, phase);
  }
});
