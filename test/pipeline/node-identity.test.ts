import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameBasedUuid, nodeIdentity } from '../../source/pipeline/node-identity.ts';

test("a UUID from a name is the one of RFC 9562's own example", () => {
  const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  assert.equal(nameBasedUuid(dns, 'www.example.com'), '5c146b14-3c52-8afd-938a-375d0df1fbf6');
});

test('an instance has one identity for ever, and no other instance has it', () => {
  // Whoever has deployed with an earlier version relies on it.
  assert.equal(nodeIdentity('i-0123456789abcdef0'), '6d803bb7-4845-8125-b483-574960dbd2b3');
  const ids = fc.uniqueArray(fc.stringMatching(/^i-[0-9a-f]{17}$/), { minLength: 2 });
  fc.assert(
    fc.property(ids, (instances) => {
      const identities = instances.map(nodeIdentity);
      assert.equal(new Set(identities).size, instances.length);
      for (const identity of identities) {
        assert.match(
          identity,
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }
    }),
  );
});
