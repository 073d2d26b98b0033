import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewFile } from '../../../source/commands/import/classify.ts';
import { rewriteCloudInit } from '../../../source/commands/import/cloud-init.ts';
import { findNodeNeeds } from '../../../source/commands/import/node-needs.ts';

const settings = { aws: {}, unknownKeys: [], pathOf: () => undefined };
const noNeeds = { packages: [], commands: [], cautions: [] };
const template = (text: string) => ({
  path: 'init.yml',
  content: Buffer.from(text),
  mode: 0o644,
});
const script = (name: string, text: string): NewFile => ({
  path: `scripts/${name}`,
  content: Buffer.from(text),
  mode: 0o755,
  isSecret: false,
});
const whys = (rows: readonly { what: readonly string[]; reason: string }[]) =>
  rows.map(({ what, reason }) => `${what.join()}: ${reason}`).join('\n');

test('what nodes can use stays as it is written, with its comments', () => {
  const text = `#cloud-config
# Ours
packages: [htop]
runcmd:
  # a swap file
  - fallocate -l 1G /swap
  - [swapon, /swap]
`;
  assert.deepEqual(rewriteCloudInit(template(text), noNeeds, settings), {
    text,
    leftOut: [],
  });
});

test('what is done on every node, or would undo it, is left out with the reason', () => {
  const { leftOut, text } = rewriteCloudInit(
    template(`#cloud-config
runcmd:
  - curl -fsSL https://get.docker.com | sh
  - systemctl enable docker
  - usermod -aG docker \${username}
  - mkdir -p \${bacalhau_data_dir} /opt/sensor/data
  - chown -R \${username}:\${username} \${bacalhau_data_dir}
  - systemctl daemon-reload
  - touch /opt/ours
  - sudo reboot
power_state: {mode: reboot}
`),
    noNeeds,
    settings,
  );
  assert.equal(text, '#cloud-config\nruncmd:\n  - touch /opt/ours\n');
  assert.match(whys(leftOut), /3 commands of runcmd in init\.yml: Docker and Compose are there/);
  assert.match(whys(leftOut), /2 commands of runcmd in init\.yml: their folders are there/);
  assert.match(whys(leftOut), /`sudo reboot` of runcmd in init\.yml: nodes are not rebooted/);
  assert.match(whys(leftOut), /power_state in init\.yml: it would reboot/);
});

test('a template of which nothing is left is no file', () => {
  const { text } = rewriteCloudInit(
    template('#cloud-config\npower_state: {}\n'),
    noNeeds,
    settings,
  );
  assert.equal(text, undefined);
});

test('a template that is no cloud-config is left out as a whole', () => {
  for (const text of ['#!/bin/sh\necho\n', '## template: jinja\n#cloud-config\n', 'a: [1\n']) {
    const { leftOut, ...rest } = rewriteCloudInit(template(text), noNeeds, settings);
    assert.deepEqual(rest, {});
    assert.match(whys(leftOut), /everything in init\.yml: it can't be used: /);
  }
});

test('what the old program did by itself is done where a script relies on it', () => {
  const needs = findNodeNeeds(
    [
      script('identity.py', '#!/usr/bin/env uv run\nprint(1)\n'),
      script('start.sh', '#!/bin/sh\nuptime | jq .\necho hi >>/opt/startup.log\n# unzip me\n'),
    ],
    '',
  );
  assert.deepEqual(needs.packages, ['jq']);
  const { text = '' } = rewriteCloudInit(undefined, needs, settings);
  assert.match(text, /^#cloud-config\npackages:\n {2}- jq\nruncmd:\n/);
  assert.match(text, /touch \/opt\/startup\.log && chmod 0666 \/opt\/startup\.log\n/);
  assert.match(text, /# uv, which runs identity\.py\n.*astral\.sh\/uv/);
  assert.match(needs.cautions.join(), /identity\.py: run by uv/);

  const own = findNodeNeeds(
    [script('identity.py', '#!/usr/bin/env uv run\n')],
    'runcmd: [curl https://astral.sh/uv/install.sh]',
  );
  assert.doesNotMatch(own.commands.map(({ command }) => command).join(), /astral/);
});

test('scripts that rely on nothing need nothing', () => {
  const needs = findNodeNeeds([script('start.sh', '#!/bin/sh\necho hi\n')], '');
  assert.deepEqual(needs, noNeeds);
  assert.deepEqual(rewriteCloudInit(undefined, needs, settings), { leftOut: [] });
});
