import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanText } from '../../source/ssh/clean-text.ts';

const cases: Array<[what: string, dirty: string, clean: string]> = [
  ['plain text', 'Started bacalhau.service.', 'Started bacalhau.service.'],
  ['text of other scripts and emoji', 'naïve – 日本語 – 👩‍🚀', 'naïve – 日本語 – 👩‍🚀'],
  ['colours', '\x1b[1;31merror\x1b[0m: no', 'error: no'],
  ['cursor movement and erasing', 'a\x1b[2J\x1b[H\x1b[10;10Hb\x1b[K', 'ab'],
  ['text that was encoded twice', 'say â\x80\x9dyesâ\x80\x9d', 'say âyesâ'],
  ['window titles', '\x1b]0;owned\x07text', 'text'],
  ['hyperlinks', '\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\', 'link'],
  ['device control strings', 'a\x1bPq#0;2;0\x1b\\b', 'ab'],
  ['application program commands', 'a\x1b_payload\x1b\\b', 'ab'],
  ['the alternate screen and mouse modes', '\x1b[?1049h\x1b[?1000hx\x1b[?1049l', 'x'],
  ['a full reset', '\x1bcx', 'x'],
  ['bells, backspaces and deletes', 'pass\x07word\b\b\x7f', 'password'],
  ['nulls', 'a\0b', 'ab'],
  ['tabs', 'a\tbc\t12345678\tx', 'a       bc      12345678        x'],
  ['line breaks of any kind', 'a\nb\vc\u2028d', 'a b c d'],
  ['text that reorders itself', 'user\u202e\u2066gpj.exe\u2069', 'usergpj.exe'],
  ['invisible tag characters and byte order marks', '\ufeffa\u{e0041}b', 'ab'],
  ['lone surrogates', 'a\ud800b', 'a\ufffdb'],
];

for (const [what, dirty, clean] of cases) {
  test(`${what}: nothing is left that a terminal would act on`, () => {
    assert.equal(cleanText(dirty), clean);
  });
}

test('an unfinished escape sequence loses its teeth', () => {
  for (const dirty of ['a\x1b', 'a\x1b[', 'a\x1b]0;title', 'a\x1bPq', 'a\x9d0;title']) {
    assert.doesNotMatch(cleanText(dirty), /[\x00-\x1f\x7f-\x9f]/);
  }
});

test('no byte that a node can send comes out as a control character', () => {
  for (let code = 0; code < 0x100; code += 1) {
    for (const text of [String.fromCharCode(code), `\x1b${String.fromCharCode(code)}x`]) {
      assert.doesNotMatch(cleanText(text), /[\x00-\x1f\x7f-\x9f]/);
    }
  }
});

test('a hostile line does not take long', () => {
  for (const piece of ['\x1b]', '\x1b[', '\x9d', '\t', '\x1bP\x1b', '\x1b[1', '\x1b ']) {
    const start = performance.now();
    cleanText(piece.repeat(100_000));
    assert(performance.now() - start < 1_000, JSON.stringify(piece));
  }
});
