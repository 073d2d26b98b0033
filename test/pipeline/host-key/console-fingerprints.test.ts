import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { isCut, readConsole } from '../../../source/pipeline/host-key/console-fingerprints.ts';

const fingerprint = (seed: string): string =>
  `SHA256:${createHash('sha256').update(seed).digest('base64').replace(/=+$/, '')}`;

const own = {
  ed25519: fingerprint('ed25519'),
  ecdsa: fingerprint('ecdsa'),
  rsa: fingerprint('rsa'),
};
const attacker = fingerprint('attacker');

const list = (type: string, value: string): string => `256 ${value} root@ip-10-0-0-1 (${type})`;

/** What our user data prints. */
const ownLines = [
  ...Object.entries(own).flatMap(([type, value]) => {
    const line = `spot-tui: host key ${list(type.toUpperCase(), value)}`;
    return [line, line];
  }),
  'spot-tui: end of host keys',
];

const generated = (type: string, value: string, folder = '/etc/ssh'): string[] => [
  `Generating public/private ${type} key pair.`,
  `Your identification has been saved in ${folder}/ssh_host_${type}_key`,
  `Your public key has been saved in ${folder}/ssh_host_${type}_key.pub`,
  'The key fingerprint is:',
  `${value} root@ip-10-0-0-1`,
  "The key's randomart image is:",
  '+--[ED25519 256]--+',
  '|      . o+B*=    |',
  '+----[SHA256]-----+',
];

const generatedLines = Object.entries(own).flatMap(([type, value]) => generated(type, value));

const block = (keys: readonly string[]): string[] => [
  '#############################################################',
  '-----BEGIN SSH HOST KEY FINGERPRINTS-----',
  ...keys,
  '-----END SSH HOST KEY FINGERPRINTS-----',
  '#############################################################',
];

const stage = (name: string): string =>
  `Cloud-init v. 24.4-0ubuntu1~24.04.2 running '${name}' at Tue, 24 Nov 2026 12:17:26 +0000. Up 9.13 seconds.`;

const finished =
  'Cloud-init v. 25.1.4 finished at Tue, 24 Nov 2026 12:17:30 +0000. Datasource DataSourceEc2Local.  Up 21.52 seconds';

const text = (...lines: (string | readonly string[])[]): string =>
  `${lines.flat().join('\r\n')}\r\n`;

const found = (console: string): string[] =>
  readConsole(console)
    .fingerprints.map((each) => each.fingerprint)
    .sort();

const all = Object.values(own).sort();

describe('the host keys on a console', () => {
  it('are read from the list of our user data', () => {
    const { fingerprints, isComplete } = readConsole(
      text('[    0.000000] Linux version 6.8.0-1029-aws', stage('init'), ownLines),
    );
    assert.deepEqual(fingerprints, [
      { fingerprint: own.ed25519, keyType: 'ED25519' },
      { fingerprint: own.ecdsa, keyType: 'ECDSA' },
      { fingerprint: own.rsa, keyType: 'RSA' },
    ]);
    assert.equal(isComplete, true);
  });

  it('are read from what ssh-keygen says, with the kernel’s time and a program’s name before it', () => {
    const lines = generatedLines.map((line) => `[   11.123456] cloud-init[512]: ${line}`);
    assert.deepEqual(found(text(stage('init'), lines)), all);
    assert.deepEqual(found(text(generatedLines.map((line) => `cloud-init[64]: ${line}`))), all);
  });

  it('are read as older versions of ssh-keygen say it', () => {
    const lines = generatedLines.map((line) => line.replace(/_key(\.pub)?$/, '_key$1.'));
    assert.deepEqual(found(text(lines)), all);
  });

  it('are read from cloud-init’s block where that comes early', () => {
    const keys = Object.entries(own).map(([type, value]) => list(type.toUpperCase(), value));
    for (const prefix of ['', '<14>Nov 24 12:15:04 cloud-init: ', '<14>Jan  1 00:00:00 ec2: ']) {
      const lines = block(keys).map((line) => `${prefix}${line}`);
      assert.deepEqual(found(text(lines)), all, prefix);
    }
  });

  it('are not all there before their list has ended', () => {
    assert.deepEqual(readConsole(''), { fingerprints: [], isComplete: false });
    assert.equal(readConsole(text(stage('init-local'), stage('init'))).isComplete, false);
    assert.equal(readConsole(text(stage('init'), ownLines.slice(0, -1))).isComplete, false);
  });

  it('are never those that may log in', () => {
    const table = [
      'ci-info: +++++++++++Authorized keys from /home/ubuntu/.ssh/authorized_keys for user ubuntu++++++++++',
      'ci-info: +-------------+-------------------------------------------------+---------+---------+',
      'ci-info: |   Keytype   |               Fingerprint (sha256)              | Options | Comment |',
      'ci-info: +-------------+-------------------------------------------------+---------+---------+',
      `ci-info: | ssh-ed25519 | ${attacker} |    -    | a (RSA) |`,
      `ci-info: | ssh-ed25519 | ${attacker} (RSA)`,
    ];
    assert.deepEqual(found(text(table)), []);
    assert.deepEqual(found(text(table, ownLines)), all);
  });

  it('are never those of keys outside of /etc/ssh', () => {
    assert.deepEqual(found(text(generated('ed25519', attacker, '/root/.ssh'))), []);
  });
});

describe('what is printed after the boot', () => {
  const fakes: readonly (readonly [string, readonly string[]])[] = [
    ['our list', ownLines.map((line) => line.replaceAll(/SHA256:\S+/g, attacker))],
    ['ssh-keygen’s words', generated('ed25519', attacker)],
    ['cloud-init’s block', block([list('ED25519', attacker)])],
  ];
  const ends: readonly (readonly [string, string])[] = [
    ['a command of the user data', stage('modules:final')],
    [
      'something in cloud-init’s config stage',
      `[   14.5] cloud-init[9]: ${stage('modules:config')}`,
    ],
    ['something after cloud-init’s end', finished],
    ['a service, after the login prompt', 'ip-10-0-0-1 login: '],
  ];

  for (const [form, lines] of fakes) {
    for (const [who, end] of ends) {
      it(`does not count: ${form} from ${who}`, () => {
        assert.deepEqual(found(text(stage('init'), end, lines)), []);
        assert.deepEqual(found(text(stage('init'), generatedLines, end, lines)), all);
      });
    }
    it(`does not count after our own list: ${form}`, () => {
      assert.deepEqual(found(text(stage('init'), ownLines, lines, stage('modules:config'))), all);
    });
  }

  it('does not count after a reboot', () => {
    const second = ['[    0.000000] Linux version 6.8.0', stage('init-local'), stage('init')];
    const fake = generated('ed25519', attacker);
    assert.deepEqual(found(text(ownLines, finished, fake, second, fake)), all);
  });
});

describe('during the boot', () => {
  it('somebody who says what our user data says is not taken for it', () => {
    const lines = [`motd[99]: spot-tui: host key ${list('ED25519', attacker)}`];
    assert.deepEqual(found(text(lines, 'motd[99]: spot-tui: end of host keys', ownLines)), all);
  });

  it('two fingerprints for one type of key make both worthless', () => {
    const lines = [`spot-tui: host key ${list('ED25519', attacker)}`, ...ownLines];
    assert.deepEqual(found(text(lines)), [own.ecdsa, own.rsa].sort());
  });

  it('systemd’s words on the unit are not its list, nor the end of it', () => {
    const line =
      '         Starting spot-tui-host-keys.service - [systemd-run] echo "spot-tui: end of host keys"';
    assert.deepEqual(found(text(line, ownLines)), all);
  });
});

describe('a console that is hard to read', () => {
  it('may be coloured', () => {
    const lines = ownLines.map((line) => `\x1b[0;32m${line}\x1b[0m\x1b[K`);
    assert.deepEqual(readConsole(text(lines)), readConsole(text(ownLines)));
  });

  it('may be wrapped at 80 columns', () => {
    const said = [...generatedLines, stage('modules:final')];
    for (const lines of [said.map((line) => `cloud-init[64]: ${line}`), ownLines]) {
      const wrapped = lines.flatMap((line) => [...(line.match(/.{1,80}/g) ?? [])]);
      assert.deepEqual(found(text(wrapped)), all);
    }
  });

  it('may have messages of the kernel within its lines', () => {
    for (let at = 0; at < 110; at += 1) {
      const lines = ownLines.map((line, index) =>
        index % 2 === 0 && index < ownLines.length - 1 && at < line.length
          ? `${line.slice(0, at)}[   12.345678] nvme nvme0: 2/0/0 queues\r\n${line.slice(at)}`
          : line,
      );
      assert.deepEqual(found(text(lines)), all, String(at));
    }
  });

  it('may begin anywhere', () => {
    const whole = text(stage('init'), ownLines);
    const whatIsLeft = whole.slice(whole.indexOf(own.rsa) - 30);
    assert.deepEqual(found(whatIsLeft), [own.rsa]);
  });

  it('is known to be cut by its size', () => {
    assert.equal(isCut('x'.repeat(65_536)), true);
    assert.equal(isCut('x'.repeat(20_000)), false);
  });

  it('names no key that nobody has printed, whatever it shows, and is read in good time', () => {
    const junk = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        ...ownLines,
        ...generatedLines,
        'SHA256:',
        '\x1b[',
        '[    1.000000] ',
        finished,
      ),
    );
    fc.assert(
      fc.property(
        fc.array(junk, { maxLength: 60 }),
        fc.constantFrom('', '\n', '\r\n'),
        (parts, by) => {
          for (const each of found(parts.join(by)))
            assert.match(each, /^SHA256:[A-Za-z0-9+/]{43}$/);
        },
      ),
      { numRuns: 500 },
    );
    assert.deepEqual(found('SHA256:'.repeat(10_000) + '\n'.repeat(64_000)), []);
  });
});
