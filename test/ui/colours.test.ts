import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasPseudoTerminals, PseudoTerminal } from './pseudo-terminal.ts';

/** Colours of every screen that the fixture can be brought to. */
const coloursWith = async (environment: NodeJS.ProcessEnv): Promise<string[]> => {
  const found = new Set<string>();
  await PseudoTerminal.run(
    { environment: { TERM: 'xterm-256color', COLORTERM: 'truecolor', ...environment } },
    async (terminal) => {
      const look = () => {
        for (const colour of terminal.colours) found.add(colour);
      };
      look();
      await terminal.signal('SIGUSR1');
      await terminal.until(/us-west-2-1 .*ready/);
      look();
      await terminal.signal('SIGUSR1');
      await terminal.until('no sensor.service');
      // A word and a glyph say what colour says.
      assert.match(terminal.screen, /✓ ready/);
      assert.match(terminal.screen, /✗ failed/);
      assert.match(terminal.screen, /› us-west-2-/, 'the selected row is marked');
      look();
      terminal.type('?');
      await terminal.until('Esc closes');
      look();
      terminal.type('qq');
      await terminal.ends();
    },
  );
  return [...found].sort();
};

describe('colours', {
  skip: !hasPseudoTerminals && 'needs script of util-linux',
  concurrency: 2,
}, () => {
  test('are those that the terminal names itself, and neither black nor white', async () => {
    const found = await coloursWith({});
    assert.ok(found.includes('red') && found.includes('green'), String(found));
    for (const colour of found)
      assert.match(colour, /^(bright )?(red|green|yellow|blue|magenta|cyan)$/);
  });

  test('are none with NO_COLOR, also where FORCE_COLOR wants some', async () => {
    assert.deepEqual(await coloursWith({ NO_COLOR: '1' }), []);
    assert.deepEqual(await coloursWith({ NO_COLOR: '1', FORCE_COLOR: '3' }), []);
  });

  test('are none with FORCE_COLOR=0', async () => {
    assert.deepEqual(await coloursWith({ FORCE_COLOR: '0' }), []);
  });
});
