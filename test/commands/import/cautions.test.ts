import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCautions } from '../../../source/commands/import/cautions.ts';
import type { NewFile } from '../../../source/commands/import/classify.ts';
import { holdsSecret } from '../../../source/commands/import/secret.ts';

const file = (path: string, text: string): NewFile => ({
  path,
  content: Buffer.from(text),
  mode: 0o755,
  isSecret: false,
});
const said = (path: string, text: string) => findCautions([file(path, text)], 'ubuntu').join('\n');

test('every way to reboot is found, and nothing that only sounds like it', () => {
  for (const line of [
    'reboot',
    'sudo reboot',
    'sudo shutdown -r +1 "done"',
    'run(["sudo", "shutdown", "-r", "now"])',
    'systemctl reboot',
    'test -e x && /sbin/reboot',
  ]) {
    assert.match(said('scripts/a.sh', `#!/bin/sh\n${line}\n`), /^a\.sh: reboots/, line);
  }
  for (const line of ['# then reboot', 'echo no reboot needed', 'shutdown -c', 'reboot-notify']) {
    assert.equal(said('scripts/a.sh', `#!/bin/sh\n${line}\n`), '', line);
  }
});

test('a script that asks for a token may ask the metadata service', () => {
  const ask = 'curl http://169.254.169.254/latest/meta-data/instance-id';
  assert.match(said('scripts/a.sh', `#!/bin/sh\n${ask}\n`), /without a token/);
  const token =
    'curl -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token';
  assert.equal(
    said('scripts/a.sh', `#!/bin/sh\n${token}\n${ask} -H "X-aws-ec2-metadata-token: $t"\n`),
    '',
  );
});

test('units are told of what they require and run, and is not there', () => {
  const unit = file(
    'services/web.service',
    '[Unit]\nRequires=docker.service database.service\n[Service]\nUser=deploy\nExecStart=/usr/bin/docker compose -f /opt/compose/web.yaml up\n',
  );
  assert.deepEqual(findCautions([unit], 'ubuntu'), [
    'web.service: requires database.service, which is not here, and can’t start without it',
    'web.service: /opt/compose/web.yaml is not among the files. Name one that is there, or have a script make it',
    'web.service: runs as deploy, but the login user of the nodes is ubuntu',
  ]);
  const whole = [
    unit,
    file('services/database.service', '[Service]\nExecStart=/bin/true\n'),
    file('files/instance-files/opt/compose/web.yaml', 'services: {}\n'),
  ];
  assert.deepEqual(findCautions(whole, 'deploy'), []);
});

test('a file whose ending means something now is named', () => {
  assert.match(said('config/app.yaml.template', 'a: 1\n'), /^app\.yaml\.template: nodes fill in/);
});

test('secrets are known by their names and by what is in them', () => {
  for (const [name, text] of [
    ['files/orchestrator_token', 'x'],
    ['files/credentials.json', '{}'],
    ['files/aws-credentials', ''],
    ['files/fleet.pem', ''],
    ['files/.env', ''],
    ['config/app.conf', 'aws_secret_access_key = abc\n'],
    ['files/deploy', '-----BEGIN OPENSSH PRIVATE KEY-----\n'],
  ] as const) {
    assert.ok(holdsSecret(name, Buffer.from(text)), name);
  }
  for (const [name, text] of [
    ['files/orchestrator_endpoint', 'nats://x'],
    ['scripts/make_token.sh', '#!/bin/sh\n'],
    ['config/app.conf', 'token_file = /opt/x\n'],
    ['files/data.csv', 'token,1\n'],
  ] as const) {
    assert.ok(!holdsSecret(name, Buffer.from(text)), name);
  }
});
