import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { formatEventLine } from '../../source/reporters/event-line.ts';
import { logLine, Recordings } from './recordings.ts';
import { sampleRun } from './sample-run.ts';

/** Times the heap that its reader gets. */
const size = 96 * 1024 * 1024;

const heap = 48;

let recordings: Recordings;

before(async () => {
  recordings = await Recordings.create();
  const handle = await open(recordings.file(0), 'a', 0o600);
  const filler = 'x'.repeat(2_000);
  const chatter = Array.from({ length: 200 }, (_, number) => {
    const line = formatEventLine(logLine(number, `us-west-2-${(number % 20) + 1}`));
    return `${line.replace('line', filler)}\n`;
  }).join('');
  await handle.appendFile(sampleRun.map((event) => `${formatEventLine(event)}\n`).join(''));
  for (let written = 0; written < size; written += chatter.length) {
    await handle.appendFile(chatter);
  }
  await handle.close();
});

after(() => recordings.remove());

test('a recording that is larger than the memory can be read', async () => {
  const reader = fileURLToPath(new URL('read-large-recording.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${heap}`, '--import', 'tsx', reader, recordings.folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const [status] = await once(child, 'close');
  assert.equal(status, 0);
  const { log, past, state, events } = JSON.parse(output);
  assert.equal(log, 1_000);
  assert.equal(past, 7);
  assert.equal(state, 'cut short');
  assert(events > 40_000);
});
