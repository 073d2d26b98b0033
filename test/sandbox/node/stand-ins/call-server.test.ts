import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { access, appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallServer } from '../../../../source/sandbox/node/stand-ins/call-server.ts';

/** More than a pipe holds. */
const flood = 'x'.repeat(1 << 20);

for (const end of ['the caller is killed', 'the node ends']) {
  test(`a call whose output nobody reads is over once ${end}`, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-calls-'));
    t.after(() => rm(folder, { recursive: true }));
    const stem = path.join(folder, '1');
    execFileSync('mkfifo', [path.join(folder, 'requests'), stem, `${stem}.in`]);
    // What the caller has open tells that it is there.
    let caller: number | undefined = openSync(`${stem}.in`, constants.O_RDWR);
    t.after(() => {
      if (caller !== undefined) closeSync(caller);
    });
    await writeFile(`${stem}.request`, ['journalctl', '/', 'ubuntu', '0', '0', ''].join('\0'));
    const answered = Promise.withResolvers<void>();
    const problems: string[] = [];
    const server = new CallServer({
      folder,
      innerUid: (uid) => uid,
      onProblem: (problem) => problems.push(problem),
      answer: async (call) => {
        call.stream();
        call.out(flood);
        answered.resolve();
        return 0;
      },
    });
    server.open();
    t.after(() => server.close());
    await appendFile(path.join(folder, 'requests'), '1\n');
    await answered.promise;
    if (end === 'the node ends') {
      server.close();
    } else {
      closeSync(caller);
      caller = undefined;
    }
    // The server removes a call's files when it is over.
    while (
      await access(`${stem}.request`).then(
        () => true,
        () => false,
      )
    ) {
      await sleep(5);
    }
    assert.deepEqual(problems, []);
  });
}
