import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Phase, pipelinePhases, sidePhases } from '../../source/events/phase.ts';
import { phaseShares } from '../../source/ui/fleet-screen/phase-shares.ts';

const phases: readonly Phase[] = [...pipelinePhases, ...sidePhases];

const counts = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...phases), fc.integer({ min: 1, max: 5000 })), {
    minLength: 1,
    selector: ([phase]) => phase,
  })
  .map((entries) => new Map(entries));

const widths = fc.integer({ min: 40, max: 300 });

test('the shares of the phases fill the bar, and each phase is seen', () => {
  fc.assert(
    fc.property(counts, widths, (nodes, width) => {
      const shares = phaseShares(nodes, width);
      assert.deepEqual([...shares.keys()], [...nodes.keys()]);
      assert.equal(
        [...shares.values()].reduce((sum, share) => sum + share),
        width,
      );
      for (const share of shares.values()) assert.ok(share >= 1);
    }),
  );
});

test('a phase with more nodes never has the smaller share', () => {
  fc.assert(
    fc.property(counts, widths, (nodes, width) => {
      const shares = phaseShares(nodes, width);
      for (const [one, count] of nodes) {
        for (const [other, less] of nodes) {
          // Equal rests go to one of them.
          if (count > less) assert.ok((shares.get(one) ?? 0) + 1 > (shares.get(other) ?? 0));
        }
      }
    }),
  );
});

test('the shares are proportional', () => {
  const shares = phaseShares(
    new Map<Phase, number>([
      ['failed', 1],
      ['ready', 2999],
      ['booting', 1000],
    ]),
    80,
  );
  assert.deepEqual([...shares.values()], [1, 59, 20]);
});
