import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { journalCommand } from '../../../source/pipeline/journal/journal-command.ts';
import { parseJournalRecord } from '../../../source/pipeline/journal/journal-record.ts';

const record = (fields: Record<string, unknown>) =>
  parseJournalRecord(JSON.stringify({ __CURSOR: 's=1', ...fields }));

test('a message of a unit', () => {
  assert.deepEqual(record({ MESSAGE: 'hello', _SYSTEMD_UNIT: 'web.service' }), {
    cursor: 's=1',
    source: 'web',
    aboutUnit: false,
    message: 'hello',
  });
});

test('what systemd says of a unit counts as the unit’s', () => {
  const found = record({ MESSAGE: 'Started', UNIT: 'web.service', _SYSTEMD_UNIT: 'init.scope' });
  assert.equal(found?.source, 'web');
});

test('a message is dated by the node’s clock', () => {
  assert.equal(
    record({ MESSAGE: 'x', __REALTIME_TIMESTAMP: '1795500812700123' })?.time,
    1795500812700,
  );
});

test('a message of bytes is decoded', () => {
  assert.equal(record({ MESSAGE: [104, 105, 0xff] })?.message, 'hi\ufffd');
});

test('a message that journalctl left out says so', () => {
  assert.equal(record({ MESSAGE: null })?.message, '(a message too long for journalctl)');
});

test('what is no record is nothing', () => {
  fc.assert(
    fc.property(fc.string(), (line) => {
      assert.equal(parseJournalRecord(line), undefined);
    }),
  );
});

test('the journal is resumed behind the last record', () => {
  const units = ['a.service', "it's.service"];
  assert.equal(
    journalCommand({ units, lines: 20, follow: true }),
    `sudo -n journalctl --output=json --all --no-pager --unit=a.service --unit='it'\\''s.service' --boot --lines=20 --follow`,
  );
  assert.match(
    journalCommand({ units, cursor: 's=1;i=2', lines: 20, follow: false }),
    /--after-cursor='s=1;i=2'$/,
  );
});
