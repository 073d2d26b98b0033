import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { sendWhole } from '../../source/ssh/send-whole.ts';

test('what is written at once leaves at once, in order, and what comes later by itself', async () => {
  const sent: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, callback) => {
      sent.push(String(chunk));
      callback();
    },
    writev: (chunks, callback) => {
      sent.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      callback();
    },
  });
  sendWhole(stream);

  const written: string[] = [];
  stream.write('length ');
  stream.write('payload ', () => written.push('payload'));
  stream.write('proof', 'utf8', () => written.push('proof'));
  assert.deepEqual(sent, []);
  await setImmediate();
  stream.write('next');
  await setImmediate();
  assert.deepEqual(sent, ['length payload proof', 'next']);
  assert.deepEqual(written, ['payload', 'proof']);

  stream.write('last ');
  stream.end('words');
  await setImmediate();
  assert.deepEqual(sent.slice(2).join(''), 'last words');
});
