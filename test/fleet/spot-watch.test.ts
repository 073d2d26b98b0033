import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpotWatch } from '../../source/fleet/spot-watch.ts';
import { loadRemoteScripts } from '../../source/pipeline/remote-script.ts';
import type { SpotNotice } from '../../source/pipeline/spot-notices.ts';
import type { NodeConnection } from '../../source/ssh/connection.ts';

/** A connection to a machine that EC2 tells of its end as often as it is asked. */
const telling = (line: string): NodeConnection => ({
  target: { host: '192.0.2.1', port: 22, username: 'ubuntu' },
  connect: () => Promise.resolve(),
  exec: () => Promise.reject(new Error('nothing is run here')),
  follow: async (_command, onLine) => onLine(line),
  close: () => undefined,
});

const line = '{"action":"terminate","time":"2017-09-18T08:22:00Z"}';

test('a machine tells its end once, over all of its connections; another one tells its own', async () => {
  const notices: SpotNotice[] = [];
  const watch = new SpotWatch({
    scripts: await loadRemoteScripts('templates'),
    onNotice: (notice) => notices.push(notice),
    onProblem: (problem) => assert.fail(problem),
  });
  watch.follow(telling(line));
  watch.follow(telling(line));
  watch.stop();
  watch.follow(telling(line));
  assert.equal(notices.length, 1);
  watch.forget();
  watch.follow(telling(line));
  assert.equal(notices.length, 2);
});
