import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import stringWidth from 'string-width';
import { pipelinePhases, sidePhases } from '../../source/events/phase.ts';
import { createTheme, detectTheme } from '../../source/ui/theme.ts';

const isUnicode = (environment: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
  detectTheme(environment, platform).glyphs.ellipsis === '…';

describe('the theme', () => {
  test('has more than ASCII where the locale is UTF-8, by the variable that counts', () => {
    assert.equal(isUnicode({ LANG: 'en_US.UTF-8' }), true);
    assert.equal(isUnicode({ LANG: 'C.utf8' }), true);
    assert.equal(isUnicode({ LANG: 'C', LC_CTYPE: 'UTF-8' }), true);
    assert.equal(isUnicode({ LANG: 'en_US.UTF-8', LC_ALL: 'C' }), false);
    assert.equal(isUnicode({ LANG: 'en_US.ISO-8859-1' }), false);
    assert.equal(isUnicode({}), false);
  });

  test('is ASCII on terminals that have no other characters', () => {
    assert.equal(isUnicode({ LANG: 'C.UTF-8', TERM: 'linux' }), false);
    assert.equal(isUnicode({ LANG: 'C.UTF-8', TERM: 'dumb' }), false);
    assert.equal(isUnicode({ LANG: 'C.UTF-8', TERM: 'xterm-256color' }), true);
    assert.equal(isUnicode({}, 'win32'), false);
    assert.equal(isUnicode({ WT_SESSION: '1' }, 'win32'), true);
  });

  test('has no colour with NO_COLOR, unless that is empty', () => {
    const colours = (environment: Record<string, string>) =>
      JSON.stringify(detectTheme(environment, 'linux')).includes('"color"');
    assert.equal(colours({}), true);
    assert.equal(colours({ NO_COLOR: '' }), true);
    assert.equal(colours({ NO_COLOR: '1' }), false);
  });

  test('never draws in black or white, which one of light and dark terminals hides', () => {
    const theme = JSON.stringify(createTheme({ hasColour: true, hasUnicode: true }));
    assert.doesNotMatch(theme, /black|white|gray|#/);
  });

  for (const hasUnicode of [true, false]) {
    test(`tells phases apart without colour, ${hasUnicode ? 'Unicode' : 'ASCII'}`, () => {
      const { phases, spinner, glyphs } = createTheme({ hasColour: false, hasUnicode });
      const settled = ['ready', 'failed', 'degraded', 'interrupted', 'terminated'] as const;
      assert.equal(new Set(settled.map((phase) => phases[phase].glyph)).size, settled.length);
      for (const phase of [...pipelinePhases, ...sidePhases]) {
        assert.equal(stringWidth(phases[phase].glyph), 1);
      }
      for (const frame of spinner) assert.equal(stringWidth(frame), 1);
      for (const name of ['ellipsis', 'marker', 'barFull', 'barEmpty', 'line'] as const) {
        assert.equal(stringWidth(glyphs[name]), 1);
      }
    });
  }
});
