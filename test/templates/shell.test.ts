import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { templates } from './stand-in-node.ts';

const run = promisify(execFile);

const has = async (program: string): Promise<boolean> =>
  await run('sh', ['-c', 'command -v "$1"', 'sh', program]).then(
    () => true,
    () => false,
  );

const scripts = (await readdir(templates, { recursive: true }))
  .filter((name) => name.endsWith('.sh'))
  .map((name) => path.join(templates, name));

for (const [program, args] of [
  ['shellcheck', ['--shell=sh', ...scripts]],
  ['dash', ['-n']],
] as const) {
  const skip = (await has(program)) ? false : `${program} is not installed here; CI installs it`;
  test(`${program} accepts every script for nodes`, { skip }, async () => {
    assert.ok(scripts.length >= 7);
    const calls = program === 'dash' ? scripts.map((script) => [...args, script]) : [args];
    for (const call of calls) {
      await run(program, [...call]).catch((error: Error & { stdout?: string }) =>
        assert.fail(error.stdout || error.message),
      );
    }
  });
}
