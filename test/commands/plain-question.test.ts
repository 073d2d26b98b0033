import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../source/commands/parse-arguments.ts';
import { plainQuestion } from '../../source/commands/plain-question.ts';

test('a plain question is understood without the parser as it is with it', () => {
  for (const word of ['--version', '--help', '-h', 'help']) {
    const question = plainQuestion([word]);
    assert.notEqual(question, undefined, word);
    assert.deepEqual(question, parseArguments([word], import.meta), word);
  }
});

test('whatever else is asked is left to the parser', () => {
  for (const words of [[], ['create'], ['help', 'create'], ['--version', '--json'], ['--', '-h']]) {
    assert.equal(plainQuestion(words), undefined, words.join(' '));
  }
});
