import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import ssh2 from 'ssh2';
import { tagNames } from '../../../source/ec2/cloud.ts';
import { Ec2Error } from '../../../source/ec2/errors.ts';
import {
  checkHostKey,
  type TrustedHostKey,
} from '../../../source/pipeline/host-key/check-host-key.ts';
import { ConsoleWatch } from '../../../source/pipeline/host-key/console-watch.ts';
import { createAdmission } from '../../../source/ssh/admission.ts';
import type { NodeConnection } from '../../../source/ssh/connection.ts';
import { describeHostKey } from '../../../source/ssh/host-key.ts';
import { createConnection } from '../../../source/ssh/node-connection.ts';
import { SshError } from '../../../source/ssh/ssh-error.ts';
import { makeHostKey, type OddServer, startOddServer } from '../../ssh/odd-server.ts';

const launchedAt = Date.parse('2026-11-24T12:00:00Z');
const minute = 60_000;
const { private: privateKey } = makeHostKey();

let folder: string;
let server: OddServer;
/** Logins that the server was asked for. */
let logins = 0;
const connections: NodeConnection[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-host-key-'));
  logins = 0;
  server = await startOddServer({
    onAuthentication: (context) => {
      logins += 1;
      context.accept();
    },
    onCommand: (_command, channel) => {
      channel.exit(0);
      channel.end();
    },
  });
});

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

after(() => {
  for (const connection of connections) connection.close();
});

const fingerprintOf = (publicKey: string): string => {
  const parsed = ssh2.utils.parseKey(publicKey);
  if (parsed instanceof Error) throw parsed;
  return describeHostKey(parsed.getPublicSSH()).fingerprint;
};

const consoleOf = (...fingerprints: string[]): string =>
  [
    '[    0.000000] Linux version 6.8.0',
    ...fingerprints.map((each) => `spot-tui: host key 256 ${each} root@ip-10-0-0-1 (ED25519)`),
    'spot-tui: end of host keys',
    '',
  ].join('\r\n');

const somebodyElses = (): string => fingerprintOf(makeHostKey().public);

type Situation = {
  /** What the console shows at the first, second, … look; the last for ever. */
  readonly shows: readonly (string | Error)[];
  readonly unverified?: 'fail' | 'pin';
  /** Of the instance's tag. */
  readonly recorded?: string;
  /** Milliseconds since the launch. */
  readonly age?: number;
  readonly patience?: number;
  /** Where pins are kept. */
  readonly home?: string;
};

/** A connection to the server as to an instance whose console shows that. */
const nodeWith = ({
  age = minute,
  home = 'home',
  patience = 300,
  recorded,
  shows,
  unverified = 'fail',
}: Situation) => {
  let looks = 0;
  const trusted: TrustedHostKey[] = [];
  const check = checkHostKey({
    instance: {
      instanceId: 'i-1',
      region: 'us-west-2',
      tags: recorded === undefined ? {} : { [tagNames.hostKey]: recorded },
    },
    knownHostsFile: path.join(folder, home, 'known_hosts'),
    console: new ConsoleWatch({
      instance: { instanceId: 'i-1', launchedAt },
      clock: () => launchedAt + age,
      admission: createAdmission(8),
      read: async () => {
        const shown = shows[Math.min(looks, shows.length - 1)] ?? '';
        looks += 1;
        if (shown instanceof Error) throw shown;
        return shown;
      },
    }),
    unverified,
    patience,
    onTrusted: (key) => trusted.push(key),
  });
  const connection = createConnection({
    target: { host: '127.0.0.1', port: server.port, username: 'ubuntu' },
    identity: { type: 'key', privateKey },
    hostKey: check.source,
    onReached: check.prefetch,
    admission: createAdmission(8),
    backoff: () => 20,
  });
  connections.push(connection);
  return { connection, trusted, looks: () => looks };
};

const soon = () => AbortSignal.timeout(10_000);

const refusalOf = async ({ connect }: { connect: () => Promise<void> }): Promise<SshError> => {
  const error = await connect().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SshError, `expected a refusal, got ${String(error)}`);
  assert.equal(error.kind, 'host-key');
  assert.equal(logins, 0);
  return error;
};

const refused = (situation: Situation): Promise<SshError> =>
  refusalOf({ connect: () => nodeWith(situation).connection.connect(soon()) });

const pins = (home = 'home'): Promise<string> =>
  readFile(path.join(folder, home, 'known_hosts'), 'utf8').catch(() => '');

const denied = new Ec2Error("us-west-2: can't read the console of i-1: not authorized", {
  kind: 'permission',
  hint: 'allow ec2:GetConsoleOutput',
  code: 'UnauthorizedOperation',
});
const throttled = new Ec2Error('us-west-2: throttled', { kind: 'throttling', hint: 'wait' });

describe('a host key that the console lists', () => {
  it('is verified with one look, pinned, and not asked for again', async () => {
    const own = fingerprintOf(server.hostKey);
    const { connection, looks, trusted } = nodeWith({ shows: [consoleOf(own)] });
    await connection.connect(soon());
    assert.equal(looks(), 1);
    assert.deepEqual(trusted, [{ fingerprint: own, trust: 'verified', isNews: true }]);
    assert.equal(await pins(), `i-1 ${server.hostKey} spot-tui:verified\n`);

    const again = nodeWith({ shows: [''] });
    await again.connection.connect(soon());
    assert.equal(again.looks(), 0);
    assert.deepEqual(again.trusted, [{ fingerprint: own, trust: 'verified', isNews: false }]);
  });

  it('is waited for while the console has nothing yet, or EC2 does not say', async () => {
    const own = fingerprintOf(server.hostKey);
    const { connection, looks, trusted } = nodeWith({
      shows: ['', throttled, 'Booting\r\n', consoleOf(own)],
      patience: 20_000,
    });
    await connection.connect(soon());
    assert.equal(looks(), 4);
    assert.equal(trusted[0]?.trust, 'verified');
  });

  it('is waited for through a time in which EC2 throttles, however long that is', async () => {
    const own = fingerprintOf(server.hostKey);
    const shows = [throttled, throttled, throttled, consoleOf(own)];
    const { connection, trusted } = nodeWith({ shows, patience: 1 });
    await connection.connect(soon());
    assert.equal(trusted[0]?.trust, 'verified');
  });

  it('is asked for once by all connections of an instance', async () => {
    const own = fingerprintOf(server.hostKey);
    const { connection, looks } = nodeWith({ shows: [consoleOf(own)] });
    await Promise.all(Array.from({ length: 5 }, () => connection.connect(soon())));
    assert.equal(looks(), 1);
  });
});

describe('a host key that the console does not list', () => {
  it('is refused before any login, whatever the configuration says', async () => {
    const others = somebodyElses();
    for (const unverified of ['fail', 'pin'] as const) {
      const error = await refused({ shows: [consoleOf(others)], unverified });
      assert.ok(error.message.includes(`the console of i-1 lists other keys: ED25519 ${others}`));
      assert.ok(error.message.includes(fingerprintOf(server.hostKey)));
      assert.match(error.hint, /nothing was sent/);
    }
    assert.equal(await pins(), '');
  });

  it('is refused at once where the list has begun with another of its type', async () => {
    const begun = consoleOf(somebodyElses()).replace(/spot-tui: end.*\s/, '');
    await refused({ shows: [begun], unverified: 'pin', patience: minute });
  });

  it('is refused where the list has ended without one of its type', async () => {
    const shows = [consoleOf(somebodyElses()).replaceAll('ED25519', 'RSA')];
    await refused({ shows, unverified: 'pin', patience: minute });
  });

  it('is refused although a later line of the console names it', async () => {
    const own = fingerprintOf(server.hostKey);
    await refused({ shows: [consoleOf(somebodyElses()) + consoleOf(own)], unverified: 'pin' });
  });
});

describe('a host key for which nobody vouches', () => {
  it('is refused where that is asked for, with the ways on', async () => {
    const error = await refused({ shows: [''] });
    assert.match(
      error.message,
      /is not trusted: nobody vouches for ssh-ed25519 SHA256:\S+: its console has shown no host keys for 0\.3 s$/,
    );
    assert.match(error.hint, /aws ec2 get-console-output --region us-west-2 --instance-id i-1/);
    assert.match(error.hint, /`unverified_host_keys: pin`/);
    assert.equal(await pins(), '');
  });

  it('is pinned with a mark where that is asked for', async () => {
    const { connection, trusted } = nodeWith({ shows: [''], unverified: 'pin' });
    await connection.connect(soon());
    const own = fingerprintOf(server.hostKey);
    assert.deepEqual(trusted, [{ fingerprint: own, trust: 'pinned', isNews: false }]);
    assert.equal(await pins(), `i-1 ${server.hostKey} spot-tui:first-seen\n`);

    // It was accepted on this machine: other calls under the same home go on with it.
    const later = nodeWith({ shows: [''], unverified: 'fail' });
    await later.connection.connect(soon());
    assert.equal(later.trusted[0]?.trust, 'pinned');
  });

  it('is verified later, by a console that came late', async () => {
    await nodeWith({ shows: [''], unverified: 'pin' }).connection.connect(soon());
    const own = fingerprintOf(server.hostKey);
    const { connection, trusted } = nodeWith({ shows: [consoleOf(own)] });
    await connection.connect(soon());
    assert.deepEqual(trusted, [{ fingerprint: own, trust: 'verified', isNews: true }]);
  });

  it('is refused later, where a console that came late lists others', async () => {
    await nodeWith({ shows: [''], unverified: 'pin' }).connection.connect(soon());
    logins = 0;
    const listed = somebodyElses();
    const { message, hint } = await refused({ shows: [consoleOf(listed)], unverified: 'pin' });
    assert.match(message, /was trusted at first sight, and the console of i-1 lists other keys/);
    assert.ok(message.includes(listed), message);
    assert.match(hint, /replace the node/);
  });

  it('stays pinned although the console lists others, where somebody wrote it down by hand', async () => {
    await mkdir(path.join(folder, 'home'));
    await writeFile(path.join(folder, 'home', 'known_hosts'), `i-1 ${server.hostKey}\n`);
    const { connection, trusted } = nodeWith({ shows: [consoleOf(somebodyElses())] });
    await connection.connect(soon());
    assert.equal(trusted[0]?.trust, 'pinned');
  });

  it('is not waited for on a machine that has booted long ago', async () => {
    for (const shown of ['', 'x'.repeat(65_536)]) {
      const situation = { shows: [shown], age: 60 * minute, patience: minute };
      const error = await refused(situation);
      assert.match(error.message, /its console shows no host keys from its boot$/);
    }
  });

  it('may be what a full console shows of a machine that has run for long', async () => {
    const own = fingerprintOf(server.hostKey);
    const full = consoleOf(own) + 'x'.repeat(65_536 - consoleOf(own).length);
    await refused({ shows: [full], age: 60 * minute });

    const { connection } = nodeWith({ shows: [full], age: minute });
    await connection.connect(soon());
  });

  it('is told with EC2’s reason where the console can’t be read', async () => {
    const error = await refused({ shows: [denied], patience: minute });
    assert.match(error.message, /its console can't be read: us-west-2: can't read the console/);
    assert.match(error.hint, /^allow ec2:GetConsoleOutput\. Look for/);
  });

  it('costs few looks', async () => {
    const { connection, looks } = nodeWith({ shows: [''], patience: 3_000 });
    await refusalOf({ connect: () => connection.connect(soon()) });
    assert.ok(looks() <= 9, `${looks()} looks`);
  });
});

describe('a host key that was verified at its launch', () => {
  it('is trusted on another machine without a look at the console', async () => {
    const own = fingerprintOf(server.hostKey);
    const situation = { shows: [''], recorded: own, home: 'elsewhere' };
    const { connection, looks, trusted } = nodeWith(situation);
    await connection.connect(soon());
    assert.equal(looks(), 0);
    assert.deepEqual(trusted, [{ fingerprint: own, trust: 'verified', isNews: false }]);
    assert.match(await pins('elsewhere'), /spot-tui:verified\n$/);
  });

  it('is the only one that is trusted: not another that the console lists, nor one that is pinned', async () => {
    const own = fingerprintOf(server.hostKey);
    const pinned = nodeWith({ shows: [''], unverified: 'pin' });
    await pinned.connection.connect(soon());
    logins = 0;
    for (const home of ['home', 'elsewhere']) {
      const recorded = somebodyElses();
      const error = await refused({ shows: [consoleOf(own)], recorded, unverified: 'pin', home });
      assert.ok(error.message.includes(`${recorded} was verified when i-1 was launched`));
      assert.match(error.hint, /aws ec2 delete-tags .* --tags Key=spot-tui:host-key$/);
    }
  });

  it('is known of a pin from before', async () => {
    const own = fingerprintOf(server.hostKey);
    await nodeWith({ shows: [''], unverified: 'pin' }).connection.connect(soon());
    const { connection, trusted } = nodeWith({ shows: [''], recorded: own });
    await connection.connect(soon());
    assert.equal(trusted[0]?.trust, 'verified');
  });
});

it('fifty nodes whose keys are listed late cost a few looks each, no more than eight at a time', async () => {
  const own = fingerprintOf(server.hostKey);
  const admission = createAdmission(8);
  let under = 0;
  let most = 0;
  let looks = 0;
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      let seen = 0;
      const watch = new ConsoleWatch({
        instance: { instanceId: `i-${index}`, launchedAt },
        clock: () => launchedAt + minute,
        admission,
        read: async () => {
          under += 1;
          most = Math.max(most, under);
          looks += 1;
          seen += 1;
          await new Promise((resolve) => setTimeout(resolve, 5));
          under -= 1;
          return seen < 3 ? '' : consoleOf(own);
        },
      });
      const offered = { type: 'ssh-ed25519', fingerprint: own, line: server.hostKey };
      watch.prefetch(soon());
      const patience = { patience: 30_000, endures: true };
      assert.deepEqual(await watch.judge(offered, patience, soon()), { type: 'listed' });
    }),
  );
  assert.equal(most, 8);
  assert.equal(looks, 150);
});
