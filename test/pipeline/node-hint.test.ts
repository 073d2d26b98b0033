import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { completeHint } from '../../source/commands/complete-hints.ts';
import { nodeHint } from '../../source/pipeline/node-hint.ts';

for (const [said, meant] of [
  [
    'Free some space on the node, then run spot-tui configure us-west-2-1.',
    'Free some space on the node, then run `spot-tui configure us-west-2-1`.',
  ],
  [
    'Run spot-tui configure us-gov-west-1-12 again.',
    'Run `spot-tui configure us-gov-west-1-12` again.',
  ],
  [
    'Run spot-tui push eu-west-1-3 (files that were uploaded before a reboot are gone).',
    'Run `spot-tui push eu-west-1-3` (files that were uploaded before a reboot are gone).',
  ],
  [
    'Mend it, then run spot-tui push NODE; spot-tui logs NODE shows what systemd says.',
    'Mend it, then run `spot-tui push NODE`; `spot-tui logs NODE` shows what systemd says.',
  ],
  [
    'Reboot the node: spot-tui ssh us-west-2-1 -- sudo reboot.',
    'Reboot the node: `spot-tui ssh us-west-2-1 -- sudo reboot`.',
  ],
  [
    'mend the cause, then run spot-tui configure.',
    'mend the cause, then run `spot-tui configure`.',
  ],
  ['Run `spot-tui push us-west-2-1`.', 'Run `spot-tui push us-west-2-1`.'],
  ['Look into /var/lib/spot-tui push by push.', 'Look into /var/lib/spot-tui push by push.'],
] as const) {
  test(`commands of a node's hint stand out: ${said}`, () => {
    assert.equal(nodeHint(said), meant);
  });
}

test('no command that a script on the node advises goes to another deployment', async () => {
  const scripts = await Promise.all(
    ['configure-services.sh', 'prepare-node.sh'].map((name) =>
      readFile(new URL(`../../templates/${name}`, import.meta.url), 'utf8'),
    ),
  );
  const hints = scripts.flatMap((text) =>
    [
      ...text.matchAll(/["'][^"'\n]*\bspot-tui (?:configure|push|logs|ssh|create)\b[^"'\n]*["']/g),
    ].map(([hint]) => hint.slice(1, -1).replaceAll('$node', 'us-west-2-1')),
  );
  assert.ok(hints.length > 10);
  for (const hint of hints) {
    const complete = completeHint({ sandbox: 'fast' }, nodeHint(hint));
    assert.doesNotMatch(complete, /(?<!`)spot-tui (?:configure|push|logs|ssh|create)/, hint);
    assert.match(complete, /`spot-tui \w+[^`]* --sandbox(?: -- [^`]*)?`/, hint);
  }
});
