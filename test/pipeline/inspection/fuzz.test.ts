import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastCheck from 'fast-check';
import { runChecks } from '../../../source/pipeline/checks/checks.ts';
import { healthOf } from '../../../source/pipeline/inspection/health.ts';
import { parseFacts } from '../../../source/pipeline/inspection/parse-facts.ts';

const sections = [
  ...['boot-id', 'uptime', 'cloud-init', 'directories', 'applied', 'files', 'failure', 'units'],
  ...['docker', 'containers', 'disk', 'memory', 'load', 'processors', 'end'],
];

/** Lines as an inspection prints them, and lines that it never would. */
const line = fastCheck.oneof(
  fastCheck.constantFrom(
    ...['running', 'disabled', '27.0.1', '0.5 0.2 0.1 1/99 1', '4', '-1', 'NaN', '100 50', ''],
    ...['Id=web.service', 'ActiveState=active', 'SubState=running', 'NRestarts=x', 'LoadState='],
    ...['{"v1":{"errors":["x"]}}', '{"v1":null}', '{', 'MemTotal: 1 kB', '/opt 0700 ubuntu'],
    ...['{"Names":"web","State":"running"}', 'web\trunning\tUp 2 minutes\tweb:1', '\t\t\t'],
  ),
  fastCheck.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')),
);

const output = fastCheck
  .tuple(
    fastCheck.subarray(sections, { minLength: 0 }),
    fastCheck.array(fastCheck.array(line, { maxLength: 8 }), { minLength: 15, maxLength: 15 }),
    fastCheck.boolean(),
  )
  .map(([names, contents, isWhole]) =>
    [
      ...names.flatMap((name, index) => [`@${name}`, ...(contents[index] ?? [])]),
      ...(isWhole ? ['@end'] : []),
    ].join('\n'),
  );

test('whatever a node prints, its inspection is read or refused, and judged', () => {
  fastCheck.assert(
    fastCheck.property(output, (printed) => {
      let facts: ReturnType<typeof parseFacts>;
      try {
        facts = parseFacts(printed);
      } catch (error) {
        assert.match(String(error), /was cut short/);
        return;
      }
      const target = {
        ...{ directories: ['/opt/sensor'], services: ['web.service'], containers: ['web'] },
        ...{ manifest: { digest: 'abc', required: true }, settleTime: 5_000 },
      };
      const checks = runChecks(facts, target);
      assert.ok(checks.length > 0);
      for (const { name, detail } of checks) assert.ok(name !== '' && typeof detail === 'string');
      const health = healthOf(facts, [], { name: 'us-west-2-1', services: ['web.service'] });
      for (const usage of [health.memory, health.disk]) {
        if (usage !== undefined) assert.ok(Number.isFinite(usage.used) && usage.used >= 0);
      }
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 1000), seed: Number(process.env.FUZZ_SEED ?? 1) },
  );
});
