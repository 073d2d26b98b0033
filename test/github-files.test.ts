import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';

const folder = new URL('../.github/', import.meta.url);

const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      permissions: z.record(z.string(), z.string()).optional(),
      steps: z.array(z.object({ run: z.string().optional(), uses: z.string().optional() })),
    }),
  ),
});

const form = z.object({
  name: z.string(),
  description: z.string(),
  body: z.array(z.object({ type: z.enum(['textarea', 'input', 'checkboxes']), id: z.string() })),
});

const read = async (path: string): Promise<unknown> =>
  parse(await readFile(new URL(path, folder), 'utf8'));

const runs = async (path: string): Promise<readonly string[]> =>
  Object.values(workflow.parse(await read(path)).jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => run ?? []),
  );

suite('what GitHub reads', () => {
  test('both workflows pass the gate that is here, and may only read', async () => {
    for (const path of ['workflows/ci.yml', 'workflows/release.yml']) {
      assert.ok(
        (await runs(path)).some((command) => command.includes('.ci/run')),
        path,
      );
      assert.deepEqual(workflow.parse(await read(path)).permissions, { contents: 'read' });
    }
    await access(new URL('../.ci/run', folder));
  });

  test('a release is tested before it is published, with provenance and as its tag says', async () => {
    const commands = await runs('workflows/release.yml');
    const order = ['GITHUB_REF_NAME', '.ci/run', 'npm publish --provenance'].map((word) =>
      commands.findIndex((command) => command.includes(word)),
    );
    assert.deepEqual(
      order,
      order.toSorted((one, other) => one - other),
    );
    assert.ok(!order.includes(-1), `${order}`);
    const { jobs } = workflow.parse(await read('workflows/release.yml'));
    assert.equal(jobs.publish?.permissions?.['id-token'], 'write');
  });

  test('issue forms are forms', async () => {
    const names = await readdir(new URL('ISSUE_TEMPLATE/', folder));
    assert.deepEqual(names.sort(), ['bug.yml', 'feature.yml']);
    for (const name of names) {
      const { body } = form.parse(await read(`ISSUE_TEMPLATE/${name}`));
      assert.equal(new Set(body.map(({ id }) => id)).size, body.length);
    }
  });
});
