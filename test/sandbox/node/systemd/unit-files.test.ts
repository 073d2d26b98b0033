import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseEnvironmentFile } from '../../../../source/sandbox/node/systemd/environment-file.ts';
import {
  expandVariables,
  parseExecLines,
} from '../../../../source/sandbox/node/systemd/exec-line.ts';
import { readUnit } from '../../../../source/sandbox/node/systemd/read-unit.ts';
import { parseTimeSpan } from '../../../../source/sandbox/node/systemd/time-span.ts';
import { findCycle } from '../../../../source/sandbox/node/systemd/transaction.ts';

const machine = { hostname: 'host', machineId: 'm', bootId: 'b' };

const unit = (text: string, id = 'x.service', dropIns: string[] = []) =>
  readUnit(
    {
      id,
      path: `/etc/systemd/system/${id}`,
      text,
      dropIns: dropIns.map((dropIn, index) => ({ path: `/d/${index}.conf`, text: dropIn })),
      wants: [],
      requires: [],
      builtIn: false,
    },
    machine,
  );

suite('unit files', () => {
  test('a service is read with all that it sets', () => {
    const { service, description, dependencies, startLimit, install } = unit(`
# a comment
[Unit]
Description=The %n on %H \\
  in two lines
After=a.service b.service
StartLimitIntervalSec=1min 30s
StartLimitBurst=7
[Service]
Type=notify
Environment=A=1 "B=two words" C='3'
EnvironmentFile=-/etc/default/x
ExecStartPre=-/bin/false
ExecStart=@/bin/prog name --flag "an argument" \\x41 %%
Restart=always
RestartSec=5
TimeoutStopSec=infinity
KillMode=mixed
StandardOutput=append:/var/log/x
[Install]
WantedBy=multi-user.target
`);
    assert.equal(description, 'The x.service on host in two lines');
    assert.ok(dependencies.After.includes('a.service') && dependencies.After.includes('b.service'));
    assert.deepEqual(startLimit, { burst: 7, interval: 90_000 });
    assert.deepEqual(install.wantedBy, ['multi-user.target']);
    assert.deepEqual(service?.environment, { A: '1', B: 'two words', C: '3' });
    assert.deepEqual(service?.environmentFiles, [{ path: '/etc/default/x', optional: true }]);
    assert.deepEqual(service?.start[0]?.words, ['/bin/prog', '--flag', 'an argument', 'A', '%']);
    assert.equal(service?.startPre[0]?.ignoreFailure, true);
    assert.deepEqual(
      [service?.restart, service?.restartDelay, service?.stopTimeout, service?.killMode],
      ['always', 5000, Number.POSITIVE_INFINITY, 'mixed'],
    );
    assert.deepEqual(service?.output, { appendTo: '/var/log/x' });
  });

  test('drop-ins add to lists, empty values take back, the last scalar wins', () => {
    const { service } = unit(
      '[Service]\nExecStart=/bin/a\nRestart=no\nEnvironment=A=1\n',
      'x.service',
      [
        '[Service]\nExecStart=\nExecStart=/bin/b\nEnvironment=B=2\n',
        '[Service]\nRestart=on-failure\n',
      ],
    );
    assert.deepEqual(
      service?.start.map(({ words }) => words),
      [['/bin/b']],
    );
    assert.deepEqual([service?.restart, service?.environment], ['on-failure', { A: '1', B: '2' }]);
  });

  test('what systemd refuses is refused, with the reason', () => {
    const reasons = [
      ['[Service]\nType=odd\nExecStart=/bin/true', /service type: odd/],
      ['[Service]\nRestart=no', /no ExecStart=/],
      ['[Service]\nExecStart=/bin/a\nExecStart=/bin/b', /more than one ExecStart=/],
      [
        '[Service]\nType=oneshot\nRestart=always\nExecStart=/bin/a',
        /isn't allowed for Type=oneshot/,
      ],
      ['[Service]\nExecStart=./relative/program', /absolute path/],
      ['[Service]\nExecStart=/bin/sh -c "open', /unbalanced quotes/],
      ['[Service]\nExecStart=/bin/a\nRestartSec=soon', /RestartSec= parameter: soon/],
      ['[Service]\nnonsense', /line 2: missing '='/],
    ] as const;
    for (const [text, reason] of reasons) {
      const { loadState, loadError } = unit(text);
      assert.equal(loadState, 'bad-setting', text);
      assert.match(loadError ?? '', reason);
    }
  });

  test('a template’s instance has its own name', () => {
    const { service } = unit('[Service]\nExecStart=/bin/echo %i %p %I', 'get@a-b.service');
    assert.deepEqual(service?.start[0]?.words, ['/bin/echo', 'a-b', 'get', 'a/b']);
  });

  test('variables are put in as whole words or parts of words', () => {
    const environment = { ONE: 'a b', EMPTY: '' };
    assert.deepEqual(
      expandVariables(['$ONE', '${ONE}!', '$$HOME', '$EMPTY', '${MISSING}'], environment),
      ['a', 'b', 'a b!', '$HOME', ''],
    );
  });

  test('several commands may stand in one line', () => {
    assert.deepEqual(
      parseExecLines('/bin/a one ; -/bin/b \\; ";"').map(({ words }) => words),
      [
        ['/bin/a', 'one'],
        ['/bin/b', ';', ';'],
      ],
    );
  });

  test('time spans are in milliseconds', () => {
    assert.deepEqual(
      ['5', '100ms', '1h 2min 3s', '1.5s', 'infinity', 'soon', '5 parsecs'].map(parseTimeSpan),
      [5000, 100, 3_723_000, 1500, Number.POSITIVE_INFINITY, undefined, undefined],
    );
  });

  test('a file of variables is read as a shell would, without expanding', () => {
    assert.deepEqual(
      parseEnvironmentFile('# no\nA=1\n B = "two \\" words"\nC=\'$A\'\nD=x\\\ny\n1=bad\nnot one\n'),
      { A: '1', B: 'two " words', C: '$A', D: 'xy' },
    );
  });

  test('a circle of waiting is found', () => {
    const waits: Record<string, string[]> = { a: ['b'], b: ['c'], c: ['a'], d: ['a'], e: [] };
    assert.deepEqual(findCycle(['e', 'd', 'a'], (name) => waits[name] ?? []).sort(), [
      'a',
      'b',
      'c',
    ]);
    assert.deepEqual(
      findCycle(['x', 'y'], (name) => (name === 'x' ? ['y'] : [])),
      [],
    );
  });
});
